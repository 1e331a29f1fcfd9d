// Original file: proto/ipam.proto


export interface DeleteResourceResponse {
}

export interface DeleteResourceResponse__Output {
}
