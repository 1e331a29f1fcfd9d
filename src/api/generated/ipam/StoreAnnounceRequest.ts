// Original file: proto/store.proto


export interface StoreAnnounceRequest {
  'node'?: (string);
  'endpoint'?: (string);
}

export interface StoreAnnounceRequest__Output {
  'node': (string);
  'endpoint': (string);
}
