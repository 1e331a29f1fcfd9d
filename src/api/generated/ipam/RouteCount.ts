// Original file: proto/topology.proto


export interface RouteCount {
  'level'?: (string);
  'aggregated'?: (number);
  'by_subnet'?: (number);
}

export interface RouteCount__Output {
  'level': (string);
  'aggregated': (number);
  'by_subnet': (number);
}
