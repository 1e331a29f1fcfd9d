// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';

export interface QuarantineIPResponse {
  'holder'?: (_ipam_Allocation | null);
}

export interface QuarantineIPResponse__Output {
  'holder': (_ipam_Allocation__Output | null);
}
