// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface AddressState {
  'state'?: (string);
  'pool'?: (string);
  'block'?: (string);
  'node'?: (string);
  'until_ms'?: (number | string | Long);
  'message'?: (string);
}

export interface AddressState__Output {
  'state': (string);
  'pool': (string);
  'block': (string);
  'node': (string);
  'until_ms': (string);
  'message': (string);
}
