// Original file: proto/ipam.proto

import type { Pool as _ipam_Pool, Pool__Output as _ipam_Pool__Output } from '../ipam/Pool.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ListPoolsResponse {
  'pools'?: (_ipam_Pool)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ListPoolsResponse__Output {
  'pools': (_ipam_Pool__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
