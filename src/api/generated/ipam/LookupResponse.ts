// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';

export interface LookupResponse {
  'allocations'?: (_ipam_Allocation)[];
}

export interface LookupResponse__Output {
  'allocations': (_ipam_Allocation__Output)[];
}
