// Original file: proto/topology.proto

import type { PlaceFill as _ipam_PlaceFill, PlaceFill__Output as _ipam_PlaceFill__Output } from '../ipam/PlaceFill.ts';
import type { UnansweredDaemon as _ipam_UnansweredDaemon, UnansweredDaemon__Output as _ipam_UnansweredDaemon__Output } from '../ipam/UnansweredDaemon.ts';

export interface ShowTopologyResponse {
  'spec_json'?: (string);
  'zones'?: (_ipam_PlaceFill)[];
  'unanswered'?: (_ipam_UnansweredDaemon)[];
}

export interface ShowTopologyResponse__Output {
  'spec_json': (string);
  'zones': (_ipam_PlaceFill__Output)[];
  'unanswered': (_ipam_UnansweredDaemon__Output)[];
}
