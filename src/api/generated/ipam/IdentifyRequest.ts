// Original file: proto/cluster.proto


export interface IdentifyRequest {
}

export interface IdentifyRequest__Output {
}
