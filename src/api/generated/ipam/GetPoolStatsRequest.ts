// Original file: proto/ipam.proto


export interface GetPoolStatsRequest {
}

export interface GetPoolStatsRequest__Output {
}
