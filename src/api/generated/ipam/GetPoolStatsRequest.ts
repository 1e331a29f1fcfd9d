// Original file: proto/ipam.proto


export interface GetPoolStatsRequest {
  'with_nodes'?: (boolean);
}

export interface GetPoolStatsRequest__Output {
  'with_nodes': (boolean);
}
