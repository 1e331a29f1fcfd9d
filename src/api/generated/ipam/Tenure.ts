// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface Tenure {
  'ip'?: (string);
  'pool'?: (string);
  'node_id'?: (string);
  'network'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'pod_namespace'?: (string);
  'pod_name'?: (string);
  'pod_uid'?: (string);
  'identity'?: (string);
  'from_earliest_ms'?: (number | string | Long);
  'from_latest_ms'?: (number | string | Long);
  'until_earliest_ms'?: (number | string | Long);
  'until_latest_ms'?: (number | string | Long);
  'reason'?: (string);
  'detail'?: (string);
}

export interface Tenure__Output {
  'ip': (string);
  'pool': (string);
  'node_id': (string);
  'network': (string);
  'container_id': (string);
  'ifname': (string);
  'pod_namespace': (string);
  'pod_name': (string);
  'pod_uid': (string);
  'identity': (string);
  'from_earliest_ms': (string);
  'from_latest_ms': (string);
  'until_earliest_ms': (string);
  'until_latest_ms': (string);
  'reason': (string);
  'detail': (string);
}
