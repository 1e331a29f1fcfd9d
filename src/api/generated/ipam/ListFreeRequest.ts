// Original file: proto/ipam.proto


export interface ListFreeRequest {
  'pool'?: (string);
  'local'?: (boolean);
  'next'?: (number);
}

export interface ListFreeRequest__Output {
  'pool': (string);
  'local': (boolean);
  'next': (number);
}
