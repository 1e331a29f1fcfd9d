// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';

export interface ListAllocationsResponse {
  'allocations'?: (_ipam_Allocation)[];
  'continue_token'?: (string);
  'total'?: (number);
}

export interface ListAllocationsResponse__Output {
  'allocations': (_ipam_Allocation__Output)[];
  'continue_token': (string);
  'total': (number);
}
