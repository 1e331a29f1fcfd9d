// Original file: proto/store.proto


export interface StoreListRequest {
  'kind'?: (string);
}

export interface StoreListRequest__Output {
  'kind': (string);
}
