// Original file: proto/ipam.proto


export interface AllocateBlockRequest {
  'node_id'?: (string);
  'pool'?: (string);
}

export interface AllocateBlockRequest__Output {
  'node_id': (string);
  'pool': (string);
}
