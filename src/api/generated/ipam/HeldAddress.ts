// Original file: proto/ipam.proto

import type { Route as _ipam_Route, Route__Output as _ipam_Route__Output } from '../ipam/Route.ts';

export interface HeldAddress {
  'ip'?: (string);
  'cidr'?: (string);
  'gateway'?: (string);
  'routes'?: (_ipam_Route)[];
  'pool'?: (string);
  'block'?: (string);
  'outside_block'?: (string);
}

export interface HeldAddress__Output {
  'ip': (string);
  'cidr': (string);
  'gateway': (string);
  'routes': (_ipam_Route__Output)[];
  'pool': (string);
  'block': (string);
  'outside_block': (string);
}
