// Original file: proto/ipam.proto


export interface ReleaseBlockRequest {
  'node_id'?: (string);
  'cidr'?: (string);
}

export interface ReleaseBlockRequest__Output {
  'node_id': (string);
  'cidr': (string);
}
