// Original file: proto/topology.proto

import type { PlaceFill as _ipam_PlaceFill, PlaceFill__Output as _ipam_PlaceFill__Output } from '../ipam/PlaceFill.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ShowTopologyResponse {
  'spec_json'?: (string);
  'zones'?: (_ipam_PlaceFill)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ShowTopologyResponse__Output {
  'spec_json': (string);
  'zones': (_ipam_PlaceFill__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
