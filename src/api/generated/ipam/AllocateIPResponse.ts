// Original file: proto/ipam.proto

import type { Route as _ipam_Route, Route__Output as _ipam_Route__Output } from '../ipam/Route.ts';
import type { HeldAddress as _ipam_HeldAddress, HeldAddress__Output as _ipam_HeldAddress__Output } from '../ipam/HeldAddress.ts';

export interface AllocateIPResponse {
  'ip'?: (string);
  'cidr'?: (string);
  'gateway'?: (string);
  'routes'?: (_ipam_Route)[];
  'addresses'?: (_ipam_HeldAddress)[];
}

export interface AllocateIPResponse__Output {
  'ip': (string);
  'cidr': (string);
  'gateway': (string);
  'routes': (_ipam_Route__Output)[];
  'addresses': (_ipam_HeldAddress__Output)[];
}
