// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface DueRelease {
  'kind'?: (string);
  'subject'?: (string);
  'reason'?: (string);
  'at_ms'?: (number | string | Long);
  'node_id'?: (string);
}

export interface DueRelease__Output {
  'kind': (string);
  'subject': (string);
  'reason': (string);
  'at_ms': (string);
  'node_id': (string);
}
