// Original file: proto/store.proto


export interface StoreAnnounceRequest {
  'node'?: (string);
}

export interface StoreAnnounceRequest__Output {
  'node': (string);
}
