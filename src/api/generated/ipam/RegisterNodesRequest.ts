// Original file: proto/topology.proto

import type { RegisteredNode as _ipam_RegisteredNode, RegisteredNode__Output as _ipam_RegisteredNode__Output } from '../ipam/RegisteredNode.ts';

export interface RegisterNodesRequest {
  'nodes'?: (_ipam_RegisteredNode)[];
}

export interface RegisterNodesRequest__Output {
  'nodes': (_ipam_RegisteredNode__Output)[];
}
