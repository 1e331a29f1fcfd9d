// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface DrainResponse {
  'node_id'?: (string);
  'drained'?: (boolean);
  'since_ms'?: (number | string | Long);
  'reason'?: (string);
  'attachments'?: (number);
  'blocks'?: (string)[];
}

export interface DrainResponse__Output {
  'node_id': (string);
  'drained': (boolean);
  'since_ms': (string);
  'reason': (string);
  'attachments': (number);
  'blocks': (string)[];
}
