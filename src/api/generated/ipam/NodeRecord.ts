// Original file: proto/ipam.proto

import type { HistoryEntry as _ipam_HistoryEntry, HistoryEntry__Output as _ipam_HistoryEntry__Output } from '../ipam/HistoryEntry.ts';
import type { Tenure as _ipam_Tenure, Tenure__Output as _ipam_Tenure__Output } from '../ipam/Tenure.ts';
import type { HistoryGap as _ipam_HistoryGap, HistoryGap__Output as _ipam_HistoryGap__Output } from '../ipam/HistoryGap.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeRecord {
  'node_id'?: (string);
  'begun_ms'?: (number | string | Long);
  'from_ms'?: (number | string | Long);
  'until_ms'?: (number | string | Long);
  'entries'?: (_ipam_HistoryEntry)[];
  'left_out'?: (number);
  'tenures'?: (_ipam_Tenure)[];
  'gaps'?: (_ipam_HistoryGap)[];
  'tenures_left_out'?: (number);
}

export interface NodeRecord__Output {
  'node_id': (string);
  'begun_ms': (string);
  'from_ms': (string);
  'until_ms': (string);
  'entries': (_ipam_HistoryEntry__Output)[];
  'left_out': (number);
  'tenures': (_ipam_Tenure__Output)[];
  'gaps': (_ipam_HistoryGap__Output)[];
  'tenures_left_out': (number);
}
