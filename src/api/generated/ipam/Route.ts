// Original file: proto/ipam.proto


export interface Route {
  'dst'?: (string);
  'gw'?: (string);
}

export interface Route__Output {
  'dst': (string);
  'gw': (string);
}
