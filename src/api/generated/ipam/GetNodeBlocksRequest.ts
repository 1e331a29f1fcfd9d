// Original file: proto/ipam.proto


export interface GetNodeBlocksRequest {
  'node_id'?: (string);
  'local'?: (boolean);
}

export interface GetNodeBlocksRequest__Output {
  'node_id': (string);
  'local': (boolean);
}
