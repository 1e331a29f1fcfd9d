// Original file: proto/topology.proto


export interface ShowTopologyRequest {
}

export interface ShowTopologyRequest__Output {
}
