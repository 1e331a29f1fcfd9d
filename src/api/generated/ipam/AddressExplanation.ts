// Original file: proto/ipam.proto

import type { AddressState as _ipam_AddressState, AddressState__Output as _ipam_AddressState__Output } from '../ipam/AddressState.ts';
import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from '../ipam/Allocation.ts';
import type { Long } from '@grpc/proto-loader';

export interface AddressExplanation {
  'ip'?: (string);
  'state'?: (_ipam_AddressState | null);
  'holder'?: (_ipam_Allocation | null);
  'since_ms'?: (number | string | Long);
  'rule'?: (string);
  'freed'?: (string);
}

export interface AddressExplanation__Output {
  'ip': (string);
  'state': (_ipam_AddressState__Output | null);
  'holder': (_ipam_Allocation__Output | null);
  'since_ms': (string);
  'rule': (string);
  'freed': (string);
}
