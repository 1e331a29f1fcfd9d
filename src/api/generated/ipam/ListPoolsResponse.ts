// Original file: proto/ipam.proto

import type { Pool as _ipam_Pool, Pool__Output as _ipam_Pool__Output } from '../ipam/Pool.ts';

export interface ListPoolsResponse {
  'pools'?: (_ipam_Pool)[];
}

export interface ListPoolsResponse__Output {
  'pools': (_ipam_Pool__Output)[];
}
