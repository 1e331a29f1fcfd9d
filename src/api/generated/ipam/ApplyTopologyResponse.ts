// Original file: proto/topology.proto

import type { TopologyPlan as _ipam_TopologyPlan, TopologyPlan__Output as _ipam_TopologyPlan__Output } from '../ipam/TopologyPlan.ts';

export interface ApplyTopologyResponse {
  'plan'?: (_ipam_TopologyPlan | null);
  'outcome'?: (string);
  'pools_applied'?: (string)[];
  'pools_deleted'?: (string)[];
}

export interface ApplyTopologyResponse__Output {
  'plan': (_ipam_TopologyPlan__Output | null);
  'outcome': (string);
  'pools_applied': (string)[];
  'pools_deleted': (string)[];
}
