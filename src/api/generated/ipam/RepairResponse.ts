// Original file: proto/ipam.proto

import type { Repair as _ipam_Repair, Repair__Output as _ipam_Repair__Output } from '../ipam/Repair.ts';

export interface RepairResponse {
  'repairs'?: (_ipam_Repair)[];
}

export interface RepairResponse__Output {
  'repairs': (_ipam_Repair__Output)[];
}
