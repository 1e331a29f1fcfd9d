// Original file: proto/ipam.proto


export interface LiftQuarantineRequest {
  'ip'?: (string);
}

export interface LiftQuarantineRequest__Output {
  'ip': (string);
}
