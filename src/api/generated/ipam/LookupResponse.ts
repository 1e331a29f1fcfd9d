// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';
import type { AddressState as _ipam_AddressState, AddressState__Output as _ipam_AddressState__Output } from '../ipam/AddressState.ts';

export interface LookupResponse {
  'allocations'?: (_ipam_Allocation)[];
  'address'?: (_ipam_AddressState | null);
}

export interface LookupResponse__Output {
  'allocations': (_ipam_Allocation__Output)[];
  'address': (_ipam_AddressState__Output | null);
}
