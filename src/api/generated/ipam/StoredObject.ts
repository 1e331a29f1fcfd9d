// Original file: proto/store.proto


export interface StoredObject {
  'json'?: (string);
}

export interface StoredObject__Output {
  'json': (string);
}
