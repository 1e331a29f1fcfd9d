// Original file: proto/ipam.proto


export interface PoolShare {
  'kind'?: (string);
  'count'?: (string);
  'detail'?: (string);
}

export interface PoolShare__Output {
  'kind': (string);
  'count': (string);
  'detail': (string);
}
