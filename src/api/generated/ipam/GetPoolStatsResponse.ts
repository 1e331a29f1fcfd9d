// Original file: proto/ipam.proto

import type { NodeStats as _ipam_NodeStats, NodeStats__Output as _ipam_NodeStats__Output } from '../ipam/NodeStats.ts';
import type { FamilyStats as _ipam_FamilyStats, FamilyStats__Output as _ipam_FamilyStats__Output } from '../ipam/FamilyStats.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface GetPoolStatsResponse {
  'total_nodes'?: (number);
  'total_blocks'?: (number);
  'total_ips'?: (number);
  'used_ips'?: (number);
  'available_ips'?: (number);
  'node_stats'?: ({[key: string]: _ipam_NodeStats});
  'total_ips_exact'?: (string);
  'available_ips_exact'?: (string);
  'cooling_down_ips'?: (number);
  'families'?: (_ipam_FamilyStats)[];
  'lists_members'?: (boolean);
  'known_nodes'?: (string)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface GetPoolStatsResponse__Output {
  'total_nodes': (number);
  'total_blocks': (number);
  'total_ips': (number);
  'used_ips': (number);
  'available_ips': (number);
  'node_stats': ({[key: string]: _ipam_NodeStats__Output});
  'total_ips_exact': (string);
  'available_ips_exact': (string);
  'cooling_down_ips': (number);
  'families': (_ipam_FamilyStats__Output)[];
  'lists_members': (boolean);
  'known_nodes': (string)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
