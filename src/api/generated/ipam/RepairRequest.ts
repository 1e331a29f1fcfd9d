// Original file: proto/ipam.proto


export interface RepairRequest {
  'ids'?: (string)[];
  'reason'?: (string);
}

export interface RepairRequest__Output {
  'ids': (string)[];
  'reason': (string);
}
