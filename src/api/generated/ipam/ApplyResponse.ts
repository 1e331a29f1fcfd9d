// Original file: proto/ipam.proto


export interface ApplyResponse {
  'outcome'?: (string);
  'json'?: (string);
  'warnings'?: (string)[];
}

export interface ApplyResponse__Output {
  'outcome': (string);
  'json': (string);
  'warnings': (string)[];
}
