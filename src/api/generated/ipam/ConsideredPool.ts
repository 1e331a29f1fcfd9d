// Original file: proto/ipam.proto


export interface ConsideredPool {
  'pool'?: (string);
  'family'?: (number);
  'reason'?: (string);
}

export interface ConsideredPool__Output {
  'pool': (string);
  'family': (number);
  'reason': (string);
}
