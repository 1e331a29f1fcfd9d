// Original file: proto/store.proto


export interface StoreDeleteResponse {
}

export interface StoreDeleteResponse__Output {
}
