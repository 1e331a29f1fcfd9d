// Original file: proto/cluster.proto


export interface ListMembersRequest {
}

export interface ListMembersRequest__Output {
}
