// Original file: proto/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface SnapshotPart {
  'data'?: (Buffer | Uint8Array | string);
  'keys'?: (number | string | Long);
  'total_keys'?: (number | string | Long);
}

export interface SnapshotPart__Output {
  'data': (Buffer);
  'keys': (string);
  'total_keys': (string);
}
