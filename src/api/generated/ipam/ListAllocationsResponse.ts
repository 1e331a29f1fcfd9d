// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ListAllocationsResponse {
  'allocations'?: (_ipam_Allocation)[];
  'continue_token'?: (string);
  'total'?: (number);
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ListAllocationsResponse__Output {
  'allocations': (_ipam_Allocation__Output)[];
  'continue_token': (string);
  'total': (number);
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
