// Original file: proto/store.proto


export interface StoreCreateRequest {
  'json'?: (string);
  'uid'?: (string);
}

export interface StoreCreateRequest__Output {
  'json': (string);
  'uid': (string);
}
