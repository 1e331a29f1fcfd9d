// Original file: proto/store.proto


export interface StoreKey {
  'kind'?: (string);
  'name'?: (string);
  'namespace'?: (string);
  'stale'?: (boolean);
}

export interface StoreKey__Output {
  'kind': (string);
  'name': (string);
  'namespace': (string);
  'stale': (boolean);
}
