import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyTopologyRequest as _ipam_ApplyTopologyRequest, ApplyTopologyRequest__Output as _ipam_ApplyTopologyRequest__Output } from './ipam/ApplyTopologyRequest.ts';
import type { ApplyTopologyResponse as _ipam_ApplyTopologyResponse, ApplyTopologyResponse__Output as _ipam_ApplyTopologyResponse__Output } from './ipam/ApplyTopologyResponse.ts';
import type { Fill as _ipam_Fill, Fill__Output as _ipam_Fill__Output } from './ipam/Fill.ts';
import type { PlaceFill as _ipam_PlaceFill, PlaceFill__Output as _ipam_PlaceFill__Output } from './ipam/PlaceFill.ts';
import type { PlanRefusal as _ipam_PlanRefusal, PlanRefusal__Output as _ipam_PlanRefusal__Output } from './ipam/PlanRefusal.ts';
import type { PrefixChange as _ipam_PrefixChange, PrefixChange__Output as _ipam_PrefixChange__Output } from './ipam/PrefixChange.ts';
import type { RegisterNodesRequest as _ipam_RegisterNodesRequest, RegisterNodesRequest__Output as _ipam_RegisterNodesRequest__Output } from './ipam/RegisterNodesRequest.ts';
import type { RegisterNodesResponse as _ipam_RegisterNodesResponse, RegisterNodesResponse__Output as _ipam_RegisterNodesResponse__Output } from './ipam/RegisterNodesResponse.ts';
import type { RegisteredNode as _ipam_RegisteredNode, RegisteredNode__Output as _ipam_RegisteredNode__Output } from './ipam/RegisteredNode.ts';
import type { RouteCount as _ipam_RouteCount, RouteCount__Output as _ipam_RouteCount__Output } from './ipam/RouteCount.ts';
import type { ShowTopologyRequest as _ipam_ShowTopologyRequest, ShowTopologyRequest__Output as _ipam_ShowTopologyRequest__Output } from './ipam/ShowTopologyRequest.ts';
import type { ShowTopologyResponse as _ipam_ShowTopologyResponse, ShowTopologyResponse__Output as _ipam_ShowTopologyResponse__Output } from './ipam/ShowTopologyResponse.ts';
import type { SubnetFill as _ipam_SubnetFill, SubnetFill__Output as _ipam_SubnetFill__Output } from './ipam/SubnetFill.ts';
import type { TopologyClient as _ipam_TopologyClient, TopologyDefinition as _ipam_TopologyDefinition } from './ipam/Topology.ts';
import type { TopologyPlan as _ipam_TopologyPlan, TopologyPlan__Output as _ipam_TopologyPlan__Output } from './ipam/TopologyPlan.ts';
import type { UnansweredDaemon as _ipam_UnansweredDaemon, UnansweredDaemon__Output as _ipam_UnansweredDaemon__Output } from './ipam/UnansweredDaemon.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  ipam: {
    ApplyTopologyRequest: MessageTypeDefinition<_ipam_ApplyTopologyRequest, _ipam_ApplyTopologyRequest__Output>
    ApplyTopologyResponse: MessageTypeDefinition<_ipam_ApplyTopologyResponse, _ipam_ApplyTopologyResponse__Output>
    Fill: MessageTypeDefinition<_ipam_Fill, _ipam_Fill__Output>
    PlaceFill: MessageTypeDefinition<_ipam_PlaceFill, _ipam_PlaceFill__Output>
    PlanRefusal: MessageTypeDefinition<_ipam_PlanRefusal, _ipam_PlanRefusal__Output>
    PrefixChange: MessageTypeDefinition<_ipam_PrefixChange, _ipam_PrefixChange__Output>
    RegisterNodesRequest: MessageTypeDefinition<_ipam_RegisterNodesRequest, _ipam_RegisterNodesRequest__Output>
    RegisterNodesResponse: MessageTypeDefinition<_ipam_RegisterNodesResponse, _ipam_RegisterNodesResponse__Output>
    RegisteredNode: MessageTypeDefinition<_ipam_RegisteredNode, _ipam_RegisteredNode__Output>
    RouteCount: MessageTypeDefinition<_ipam_RouteCount, _ipam_RouteCount__Output>
    ShowTopologyRequest: MessageTypeDefinition<_ipam_ShowTopologyRequest, _ipam_ShowTopologyRequest__Output>
    ShowTopologyResponse: MessageTypeDefinition<_ipam_ShowTopologyResponse, _ipam_ShowTopologyResponse__Output>
    SubnetFill: MessageTypeDefinition<_ipam_SubnetFill, _ipam_SubnetFill__Output>
    Topology: SubtypeConstructor<typeof grpc.Client, _ipam_TopologyClient> & { service: _ipam_TopologyDefinition }
    TopologyPlan: MessageTypeDefinition<_ipam_TopologyPlan, _ipam_TopologyPlan__Output>
    UnansweredDaemon: MessageTypeDefinition<_ipam_UnansweredDaemon, _ipam_UnansweredDaemon__Output>
  }
}

