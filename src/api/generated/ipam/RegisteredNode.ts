// Original file: proto/topology.proto


export interface RegisteredNode {
  'node_id'?: (string);
  'spec_json'?: (string);
}

export interface RegisteredNode__Output {
  'node_id': (string);
  'spec_json': (string);
}
