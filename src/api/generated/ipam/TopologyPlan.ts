// Original file: proto/topology.proto

import type { PrefixChange as _ipam_PrefixChange, PrefixChange__Output as _ipam_PrefixChange__Output } from '../ipam/PrefixChange.ts';
import type { PlanRefusal as _ipam_PlanRefusal, PlanRefusal__Output as _ipam_PlanRefusal__Output } from '../ipam/PlanRefusal.ts';
import type { RouteCount as _ipam_RouteCount, RouteCount__Output as _ipam_RouteCount__Output } from '../ipam/RouteCount.ts';

export interface TopologyPlan {
  'changes'?: (_ipam_PrefixChange)[];
  'refusals'?: (_ipam_PlanRefusal)[];
  'routes_before'?: (_ipam_RouteCount)[];
  'routes_after'?: (_ipam_RouteCount)[];
}

export interface TopologyPlan__Output {
  'changes': (_ipam_PrefixChange__Output)[];
  'refusals': (_ipam_PlanRefusal__Output)[];
  'routes_before': (_ipam_RouteCount__Output)[];
  'routes_after': (_ipam_RouteCount__Output)[];
}
