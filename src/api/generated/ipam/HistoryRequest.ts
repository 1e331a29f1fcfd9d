// Original file: proto/ipam.proto

import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from '../ipam/PodName.ts';
import type { Long } from '@grpc/proto-loader';

export interface HistoryRequest {
  'ip'?: (string);
  'pod'?: (_ipam_PodName | null);
  'node_id'?: (string);
  'pool'?: (string);
  'at_ms'?: (number | string | Long);
  'since_ms'?: (number | string | Long);
  'until_ms'?: (number | string | Long);
  'limit'?: (number);
  'local'?: (boolean);
  'record_of'?: (string);
  'record_begun_ms'?: (number | string | Long);
  'in_parts'?: (boolean);
  'after_sequence'?: (number | string | Long);
  'subject'?: "ip"|"pod"|"node_id"|"pool";
}

export interface HistoryRequest__Output {
  'ip'?: (string);
  'pod'?: (_ipam_PodName__Output | null);
  'node_id'?: (string);
  'pool'?: (string);
  'at_ms': (string);
  'since_ms': (string);
  'until_ms': (string);
  'limit': (number);
  'local': (boolean);
  'record_of': (string);
  'record_begun_ms': (string);
  'in_parts': (boolean);
  'after_sequence': (string);
  'subject'?: "ip"|"pod"|"node_id"|"pool";
}
