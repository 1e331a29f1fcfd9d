// Original file: proto/ipam.proto


export interface GetVersionRequest {
}

export interface GetVersionRequest__Output {
}
