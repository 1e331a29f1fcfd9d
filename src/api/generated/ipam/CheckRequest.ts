// Original file: proto/ipam.proto


export interface CheckRequest {
}

export interface CheckRequest__Output {
}
