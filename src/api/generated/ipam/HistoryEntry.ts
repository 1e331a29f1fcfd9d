// Original file: proto/ipam.proto

import type { PastAddress as _ipam_PastAddress, PastAddress__Output as _ipam_PastAddress__Output } from '../ipam/PastAddress.ts';
import type { Long } from '@grpc/proto-loader';

export interface HistoryEntry {
  'sequence'?: (number | string | Long);
  'at_ms'?: (number | string | Long);
  'what'?: (string);
  'node_id'?: (string);
  'addresses'?: (_ipam_PastAddress)[];
  'network'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'pod_namespace'?: (string);
  'pod_name'?: (string);
  'pod_uid'?: (string);
  'identity'?: (string);
  'reason'?: (string);
  'since_ms'?: (number | string | Long);
  'clock_by_ms'?: (number | string | Long);
  'detail'?: (string);
}

export interface HistoryEntry__Output {
  'sequence': (string);
  'at_ms': (string);
  'what': (string);
  'node_id': (string);
  'addresses': (_ipam_PastAddress__Output)[];
  'network': (string);
  'container_id': (string);
  'ifname': (string);
  'pod_namespace': (string);
  'pod_name': (string);
  'pod_uid': (string);
  'identity': (string);
  'reason': (string);
  'since_ms': (string);
  'clock_by_ms': (string);
  'detail': (string);
}
