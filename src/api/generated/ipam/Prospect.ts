// Original file: proto/ipam.proto

import type { ConsideredPool as _ipam_ConsideredPool, ConsideredPool__Output as _ipam_ConsideredPool__Output } from '../ipam/ConsideredPool.ts';

export interface Prospect {
  'node_id'?: (string);
  'network'?: (string);
  'ifname'?: (string);
  'refusal'?: (string);
  'pools'?: (_ipam_ConsideredPool)[];
}

export interface Prospect__Output {
  'node_id': (string);
  'network': (string);
  'ifname': (string);
  'refusal': (string);
  'pools': (_ipam_ConsideredPool__Output)[];
}
