// Original file: proto/ipam.proto

import type { Problem as _ipam_Problem, Problem__Output as _ipam_Problem__Output } from '../ipam/Problem.ts';
import type { ConsideredPool as _ipam_ConsideredPool, ConsideredPool__Output as _ipam_ConsideredPool__Output } from '../ipam/ConsideredPool.ts';
import type { Long } from '@grpc/proto-loader';

export interface RefusedTry {
  'node_id'?: (string);
  'network'?: (string);
  'ifname'?: (string);
  'at_ms'?: (number | string | Long);
  'tries'?: (number);
  'problem'?: (_ipam_Problem | null);
  'pools'?: (_ipam_ConsideredPool)[];
}

export interface RefusedTry__Output {
  'node_id': (string);
  'network': (string);
  'ifname': (string);
  'at_ms': (string);
  'tries': (number);
  'problem': (_ipam_Problem__Output | null);
  'pools': (_ipam_ConsideredPool__Output)[];
}
