// Original file: proto/ipam.proto


export interface ResourceKey {
  'kind'?: (string);
  'name'?: (string);
  'namespace'?: (string);
}

export interface ResourceKey__Output {
  'kind': (string);
  'name': (string);
  'namespace': (string);
}
