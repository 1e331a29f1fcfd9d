// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface LiftQuarantineResponse {
  'holder'?: (_ipam_Allocation | null);
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface LiftQuarantineResponse__Output {
  'holder': (_ipam_Allocation__Output | null);
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
