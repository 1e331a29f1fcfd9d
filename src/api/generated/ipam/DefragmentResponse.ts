// Original file: proto/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface DefragmentResponse {
  'before'?: (number | string | Long);
  'after'?: (number | string | Long);
}

export interface DefragmentResponse__Output {
  'before': (string);
  'after': (string);
}
