// Original file: proto/cluster.proto


export interface SnapshotRequest {
}

export interface SnapshotRequest__Output {
}
