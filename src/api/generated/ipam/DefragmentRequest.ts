// Original file: proto/cluster.proto


export interface DefragmentRequest {
}

export interface DefragmentRequest__Output {
}
