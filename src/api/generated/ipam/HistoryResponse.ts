// Original file: proto/ipam.proto

import type { NodeRecord as _ipam_NodeRecord, NodeRecord__Output as _ipam_NodeRecord__Output } from '../ipam/NodeRecord.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface HistoryResponse {
  'records'?: (_ipam_NodeRecord)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface HistoryResponse__Output {
  'records': (_ipam_NodeRecord__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
