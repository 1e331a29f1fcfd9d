// Original file: proto/store.proto


export interface StoreAnnounced {
}

export interface StoreAnnounced__Output {
}
