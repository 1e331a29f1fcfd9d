// Original file: proto/topology.proto


export interface Fill {
  'family'?: (number);
  'total'?: (string);
  'used'?: (string);
  'unknown'?: (string);
}

export interface Fill__Output {
  'family': (number);
  'total': (string);
  'used': (string);
  'unknown': (string);
}
