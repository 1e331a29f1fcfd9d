// Original file: proto/store.proto


export interface StoreUpdateRequest {
  'json'?: (string);
}

export interface StoreUpdateRequest__Output {
  'json': (string);
}
