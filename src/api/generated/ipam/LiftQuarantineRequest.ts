// Original file: proto/ipam.proto


export interface LiftQuarantineRequest {
  'ip'?: (string);
  'local'?: (boolean);
}

export interface LiftQuarantineRequest__Output {
  'ip': (string);
  'local': (boolean);
}
