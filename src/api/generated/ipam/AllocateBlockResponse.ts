// Original file: proto/ipam.proto

import type { IPBlock as _ipam_IPBlock, IPBlock__Output as _ipam_IPBlock__Output } from '../ipam/IPBlock.ts';

export interface AllocateBlockResponse {
  'block'?: (_ipam_IPBlock | null);
}

export interface AllocateBlockResponse__Output {
  'block': (_ipam_IPBlock__Output | null);
}
