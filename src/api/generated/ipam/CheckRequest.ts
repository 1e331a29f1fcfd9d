// Original file: proto/ipam.proto


export interface CheckRequest {
  'local'?: (boolean);
}

export interface CheckRequest__Output {
  'local': (boolean);
}
