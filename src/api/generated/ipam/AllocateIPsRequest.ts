// Original file: proto/ipam.proto

import type { AllocateIPRequest as _ipam_AllocateIPRequest, AllocateIPRequest__Output as _ipam_AllocateIPRequest__Output } from '../ipam/AllocateIPRequest.ts';

export interface AllocateIPsRequest {
  'requests'?: (_ipam_AllocateIPRequest)[];
}

export interface AllocateIPsRequest__Output {
  'requests': (_ipam_AllocateIPRequest__Output)[];
}
