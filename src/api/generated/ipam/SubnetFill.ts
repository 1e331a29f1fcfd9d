// Original file: proto/topology.proto

import type { Fill as _ipam_Fill, Fill__Output as _ipam_Fill__Output } from '../ipam/Fill.ts';

export interface SubnetFill {
  'cidr'?: (string);
  'purpose'?: (string);
  'pool'?: (string);
  'fill'?: (_ipam_Fill | null);
}

export interface SubnetFill__Output {
  'cidr': (string);
  'purpose': (string);
  'pool': (string);
  'fill': (_ipam_Fill__Output | null);
}
