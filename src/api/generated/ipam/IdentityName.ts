// Original file: proto/ipam.proto


export interface IdentityName {
  'namespace'?: (string);
  'name'?: (string);
}

export interface IdentityName__Output {
  'namespace': (string);
  'name': (string);
}
