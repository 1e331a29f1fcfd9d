// Original file: proto/ipam.proto


export interface WatchAllocationsRequest {
}

export interface WatchAllocationsRequest__Output {
}
