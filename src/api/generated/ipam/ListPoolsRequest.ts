// Original file: proto/ipam.proto


export interface ListPoolsRequest {
}

export interface ListPoolsRequest__Output {
}
