// Original file: proto/ipam.proto

import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from '../ipam/PodName.ts';

export interface LookupRequest {
  'ip'?: (string);
  'container_id'?: (string);
  'pod'?: (_ipam_PodName | null);
  'local'?: (boolean);
  'subject'?: "ip"|"container_id"|"pod";
}

export interface LookupRequest__Output {
  'ip'?: (string);
  'container_id'?: (string);
  'pod'?: (_ipam_PodName__Output | null);
  'local': (boolean);
  'subject'?: "ip"|"container_id"|"pod";
}
