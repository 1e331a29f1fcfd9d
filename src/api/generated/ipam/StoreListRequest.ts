// Original file: proto/store.proto


export interface StoreListRequest {
  'kind'?: (string);
  'labels'?: ({[key: string]: string});
}

export interface StoreListRequest__Output {
  'kind': (string);
  'labels': ({[key: string]: string});
}
