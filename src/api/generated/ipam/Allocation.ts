// Original file: proto/ipam.proto

import type { HeldAddress as _ipam_HeldAddress, HeldAddress__Output as _ipam_HeldAddress__Output } from '../ipam/HeldAddress.ts';
import type { Long } from '@grpc/proto-loader';

export interface Allocation {
  'node_id'?: (string);
  'network'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'pod_namespace'?: (string);
  'pod_name'?: (string);
  'pod_uid'?: (string);
  'netns'?: (string);
  'addresses'?: (_ipam_HeldAddress)[];
  'created_at_ms'?: (number | string | Long);
}

export interface Allocation__Output {
  'node_id': (string);
  'network': (string);
  'container_id': (string);
  'ifname': (string);
  'pod_namespace': (string);
  'pod_name': (string);
  'pod_uid': (string);
  'netns': (string);
  'addresses': (_ipam_HeldAddress__Output)[];
  'created_at_ms': (string);
}
