// Original file: proto/store.proto


export interface StoreEvent {
  'type'?: (string);
  'json'?: (string);
  'version'?: (string);
}

export interface StoreEvent__Output {
  'type': (string);
  'json': (string);
  'version': (string);
}
