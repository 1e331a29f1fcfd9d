// Original file: proto/store.proto


export interface StoreWatchRequest {
  'kind'?: (string);
  'from_version'?: (string);
}

export interface StoreWatchRequest__Output {
  'kind': (string);
  'from_version': (string);
}
