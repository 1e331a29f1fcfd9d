// Original file: proto/ipam.proto

import type { IPBlock as _ipam_IPBlock, IPBlock__Output as _ipam_IPBlock__Output } from '../ipam/IPBlock.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface GetNodeBlocksResponse {
  'blocks'?: (_ipam_IPBlock)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface GetNodeBlocksResponse__Output {
  'blocks': (_ipam_IPBlock__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
