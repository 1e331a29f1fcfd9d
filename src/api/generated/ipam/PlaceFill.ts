// Original file: proto/topology.proto

import type { Fill as _ipam_Fill, Fill__Output as _ipam_Fill__Output } from '../ipam/Fill.ts';
import type { SubnetFill as _ipam_SubnetFill, SubnetFill__Output as _ipam_SubnetFill__Output } from '../ipam/SubnetFill.ts';
import type { PlaceFill as _ipam_PlaceFill, PlaceFill__Output as _ipam_PlaceFill__Output } from '../ipam/PlaceFill.ts';

export interface PlaceFill {
  'level'?: (string);
  'id'?: (string);
  'name'?: (string);
  'location'?: (string);
  'fills'?: (_ipam_Fill)[];
  'subnets'?: (_ipam_SubnetFill)[];
  'nodes'?: (number);
  'children'?: (_ipam_PlaceFill)[];
}

export interface PlaceFill__Output {
  'level': (string);
  'id': (string);
  'name': (string);
  'location': (string);
  'fills': (_ipam_Fill__Output)[];
  'subnets': (_ipam_SubnetFill__Output)[];
  'nodes': (number);
  'children': (_ipam_PlaceFill__Output)[];
}
