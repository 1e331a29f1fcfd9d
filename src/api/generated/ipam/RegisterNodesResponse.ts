// Original file: proto/topology.proto


export interface RegisterNodesResponse {
  'created'?: (number);
  'configured'?: (number);
  'unchanged'?: (number);
}

export interface RegisterNodesResponse__Output {
  'created': (number);
  'configured': (number);
  'unchanged': (number);
}
