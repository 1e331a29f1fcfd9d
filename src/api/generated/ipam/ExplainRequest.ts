// Original file: proto/ipam.proto

import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from '../ipam/PodName.ts';

export interface ExplainRequest {
  'ip'?: (string);
  'pod'?: (_ipam_PodName | null);
  'pool'?: (string);
  'local'?: (boolean);
  'subject'?: "ip"|"pod"|"pool";
}

export interface ExplainRequest__Output {
  'ip'?: (string);
  'pod'?: (_ipam_PodName__Output | null);
  'pool'?: (string);
  'local': (boolean);
  'subject'?: "ip"|"pod"|"pool";
}
