// Original file: proto/ipam.proto

import type { AddressExplanation as _ipam_AddressExplanation, AddressExplanation__Output as _ipam_AddressExplanation__Output } from '../ipam/AddressExplanation.ts';
import type { RefusedTry as _ipam_RefusedTry, RefusedTry__Output as _ipam_RefusedTry__Output } from '../ipam/RefusedTry.ts';
import type { Prospect as _ipam_Prospect, Prospect__Output as _ipam_Prospect__Output } from '../ipam/Prospect.ts';
import type { PoolExplanation as _ipam_PoolExplanation, PoolExplanation__Output as _ipam_PoolExplanation__Output } from '../ipam/PoolExplanation.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ExplainResponse {
  'addresses'?: (_ipam_AddressExplanation)[];
  'tries'?: (_ipam_RefusedTry)[];
  'prospects'?: (_ipam_Prospect)[];
  'pool'?: (_ipam_PoolExplanation | null);
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ExplainResponse__Output {
  'addresses': (_ipam_AddressExplanation__Output)[];
  'tries': (_ipam_RefusedTry__Output)[];
  'prospects': (_ipam_Prospect__Output)[];
  'pool': (_ipam_PoolExplanation__Output | null);
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
