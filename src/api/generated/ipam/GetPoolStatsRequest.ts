// Original file: proto/ipam.proto


export interface GetPoolStatsRequest {
  'with_nodes'?: (boolean);
  'local'?: (boolean);
}

export interface GetPoolStatsRequest__Output {
  'with_nodes': (boolean);
  'local': (boolean);
}
