// Original file: proto/ipam.proto


export interface ForgetNodeRequest {
  'node_id'?: (string);
  'force'?: (boolean);
}

export interface ForgetNodeRequest__Output {
  'node_id': (string);
  'force': (boolean);
}
