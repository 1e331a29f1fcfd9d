// Original file: proto/topology.proto


export interface PrefixChange {
  'change'?: (string);
  'cidr'?: (string);
  'is_subnet'?: (boolean);
  'place'?: (string);
  'before'?: (string);
  'after'?: (string);
}

export interface PrefixChange__Output {
  'change': (string);
  'cidr': (string);
  'is_subnet': (boolean);
  'place': (string);
  'before': (string);
  'after': (string);
}
