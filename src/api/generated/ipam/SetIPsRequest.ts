// Original file: proto/ipam.proto

import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from '../ipam/PodName.ts';

export interface SetIPsRequest {
  'ips'?: (string)[];
  'pod'?: (_ipam_PodName | null);
  'pod_uid'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'network'?: (string);
  'netns'?: (string);
  'force'?: (boolean);
  'reason'?: (string);
}

export interface SetIPsRequest__Output {
  'ips': (string)[];
  'pod': (_ipam_PodName__Output | null);
  'pod_uid': (string);
  'container_id': (string);
  'ifname': (string);
  'network': (string);
  'netns': (string);
  'force': (boolean);
  'reason': (string);
}
