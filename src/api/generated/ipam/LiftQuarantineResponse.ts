// Original file: proto/ipam.proto


export interface LiftQuarantineResponse {
}

export interface LiftQuarantineResponse__Output {
}
