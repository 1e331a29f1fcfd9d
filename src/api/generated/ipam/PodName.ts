// Original file: proto/ipam.proto


export interface PodName {
  'namespace'?: (string);
  'name'?: (string);
}

export interface PodName__Output {
  'namespace': (string);
  'name': (string);
}
