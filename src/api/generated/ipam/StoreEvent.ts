// Original file: proto/store.proto


export interface StoreEvent {
  'type'?: (string);
  'json'?: (string);
  'version'?: (string);
  'interrupted'?: (boolean);
}

export interface StoreEvent__Output {
  'type': (string);
  'json': (string);
  'version': (string);
  'interrupted': (boolean);
}
