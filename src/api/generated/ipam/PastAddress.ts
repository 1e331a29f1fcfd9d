// Original file: proto/ipam.proto


export interface PastAddress {
  'ip'?: (string);
  'pool'?: (string);
}

export interface PastAddress__Output {
  'ip': (string);
  'pool': (string);
}
