// Original file: proto/ipam.proto

import type { IPBlock as _ipam_IPBlock, IPBlock__Output as _ipam_IPBlock__Output } from '../ipam/IPBlock.ts';

export interface GetNodeBlocksResponse {
  'blocks'?: (_ipam_IPBlock)[];
}

export interface GetNodeBlocksResponse__Output {
  'blocks': (_ipam_IPBlock__Output)[];
}
