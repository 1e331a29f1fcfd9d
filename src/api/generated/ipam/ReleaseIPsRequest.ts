// Original file: proto/ipam.proto

import type { ReleaseIPRequest as _ipam_ReleaseIPRequest, ReleaseIPRequest__Output as _ipam_ReleaseIPRequest__Output } from '../ipam/ReleaseIPRequest.ts';

export interface ReleaseIPsRequest {
  'requests'?: (_ipam_ReleaseIPRequest)[];
}

export interface ReleaseIPsRequest__Output {
  'requests': (_ipam_ReleaseIPRequest__Output)[];
}
