// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface HistoryGap {
  'from_ms'?: (number | string | Long);
  'until_ms'?: (number | string | Long);
  'reason'?: (string);
}

export interface HistoryGap__Output {
  'from_ms': (string);
  'until_ms': (string);
  'reason': (string);
}
