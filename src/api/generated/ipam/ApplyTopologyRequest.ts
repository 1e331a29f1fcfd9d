// Original file: proto/topology.proto


export interface ApplyTopologyRequest {
  'spec_json'?: (string);
}

export interface ApplyTopologyRequest__Output {
  'spec_json': (string);
}
