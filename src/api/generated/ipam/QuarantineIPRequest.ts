// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface QuarantineIPRequest {
  'ip'?: (string);
  'reason'?: (string);
  'seconds'?: (number | string | Long);
  'local'?: (boolean);
}

export interface QuarantineIPRequest__Output {
  'ip': (string);
  'reason': (string);
  'seconds': (string);
  'local': (boolean);
}
