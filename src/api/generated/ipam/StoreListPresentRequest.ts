// Original file: proto/store.proto


export interface StoreListPresentRequest {
}

export interface StoreListPresentRequest__Output {
}
