// Original file: proto/ipam.proto


export interface ForgetNodeRequest {
  'node_id'?: (string);
}

export interface ForgetNodeRequest__Output {
  'node_id': (string);
}
