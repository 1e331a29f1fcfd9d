// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface IPBlock {
  'cidr'?: (string);
  'node_id'?: (string);
  'total'?: (number);
  'used'?: (number);
  'available'?: (number);
  'created_at'?: (number | string | Long);
  'pool'?: (string);
  'total_exact'?: (string);
  'used_exact'?: (string);
  'available_exact'?: (string);
  'cooling_down'?: (number);
  'family'?: (number);
  'unknown'?: (string);
  'daemon'?: (string);
}

export interface IPBlock__Output {
  'cidr': (string);
  'node_id': (string);
  'total': (number);
  'used': (number);
  'available': (number);
  'created_at': (string);
  'pool': (string);
  'total_exact': (string);
  'used_exact': (string);
  'available_exact': (string);
  'cooling_down': (number);
  'family': (number);
  'unknown': (string);
  'daemon': (string);
}
