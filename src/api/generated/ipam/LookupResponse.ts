// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';
import type { AddressState as _ipam_AddressState, AddressState__Output as _ipam_AddressState__Output } from '../ipam/AddressState.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface LookupResponse {
  'allocations'?: (_ipam_Allocation)[];
  'address'?: (_ipam_AddressState | null);
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface LookupResponse__Output {
  'allocations': (_ipam_Allocation__Output)[];
  'address': (_ipam_AddressState__Output | null);
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
