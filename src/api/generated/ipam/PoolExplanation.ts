// Original file: proto/ipam.proto

import type { Pool as _ipam_Pool, Pool__Output as _ipam_Pool__Output } from '../ipam/Pool.ts';
import type { PoolShare as _ipam_PoolShare, PoolShare__Output as _ipam_PoolShare__Output } from '../ipam/PoolShare.ts';
import type { IPBlock as _ipam_IPBlock, IPBlock__Output as _ipam_IPBlock__Output } from '../ipam/IPBlock.ts';

export interface PoolExplanation {
  'usage'?: (_ipam_Pool | null);
  'message'?: (string);
  'shares'?: (_ipam_PoolShare)[];
  'conditions'?: (string)[];
  'blocks'?: (_ipam_IPBlock)[];
}

export interface PoolExplanation__Output {
  'usage': (_ipam_Pool__Output | null);
  'message': (string);
  'shares': (_ipam_PoolShare__Output)[];
  'conditions': (string)[];
  'blocks': (_ipam_IPBlock__Output)[];
}
