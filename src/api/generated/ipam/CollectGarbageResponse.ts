// Original file: proto/ipam.proto

import type { DueRelease as _ipam_DueRelease, DueRelease__Output as _ipam_DueRelease__Output } from '../ipam/DueRelease.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface CollectGarbageResponse {
  'releases'?: (_ipam_DueRelease)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface CollectGarbageResponse__Output {
  'releases': (_ipam_DueRelease__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
