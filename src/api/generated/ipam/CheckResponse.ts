// Original file: proto/ipam.proto

import type { Violation as _ipam_Violation, Violation__Output as _ipam_Violation__Output } from '../ipam/Violation.ts';
import type { AwaitedRelease as _ipam_AwaitedRelease, AwaitedRelease__Output as _ipam_AwaitedRelease__Output } from '../ipam/AwaitedRelease.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface CheckResponse {
  'violations'?: (_ipam_Violation)[];
  'allocations_checked'?: (number);
  'blocks_checked'?: (number);
  'awaited'?: (_ipam_AwaitedRelease)[];
  'leftovers'?: (_ipam_Violation)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
  'nodes'?: (string)[];
}

export interface CheckResponse__Output {
  'violations': (_ipam_Violation__Output)[];
  'allocations_checked': (number);
  'blocks_checked': (number);
  'awaited': (_ipam_AwaitedRelease__Output)[];
  'leftovers': (_ipam_Violation__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
  'nodes': (string)[];
}
