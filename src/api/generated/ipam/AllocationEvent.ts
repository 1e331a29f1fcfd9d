// Original file: proto/ipam.proto

import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';

// Original file: proto/ipam.proto

export const _ipam_AllocationEvent_Type = {
  UNKNOWN: 'UNKNOWN',
  ALLOCATED: 'ALLOCATED',
  RELEASED: 'RELEASED',
} as const;

export type _ipam_AllocationEvent_Type =
  | 'UNKNOWN'
  | 0
  | 'ALLOCATED'
  | 1
  | 'RELEASED'
  | 2

export type _ipam_AllocationEvent_Type__Output = typeof _ipam_AllocationEvent_Type[keyof typeof _ipam_AllocationEvent_Type]

export interface AllocationEvent {
  'type'?: (_ipam_AllocationEvent_Type);
  'allocation'?: (_ipam_Allocation | null);
  'reason'?: (string);
  'reason_text'?: (string);
}

export interface AllocationEvent__Output {
  'type': (_ipam_AllocationEvent_Type__Output);
  'allocation': (_ipam_Allocation__Output | null);
  'reason': (string);
  'reason_text': (string);
}
