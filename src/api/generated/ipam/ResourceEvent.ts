// Original file: proto/ipam.proto


export interface ResourceEvent {
  'type'?: (string);
  'json'?: (string);
}

export interface ResourceEvent__Output {
  'type': (string);
  'json': (string);
}
