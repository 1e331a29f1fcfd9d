// Original file: proto/ipam.proto


export interface ResourceText {
  'json'?: (string);
}

export interface ResourceText__Output {
  'json': (string);
}
