// Original file: proto/topology.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyTopologyRequest as _ipam_ApplyTopologyRequest, ApplyTopologyRequest__Output as _ipam_ApplyTopologyRequest__Output } from '../ipam/ApplyTopologyRequest.ts';
import type { ApplyTopologyResponse as _ipam_ApplyTopologyResponse, ApplyTopologyResponse__Output as _ipam_ApplyTopologyResponse__Output } from '../ipam/ApplyTopologyResponse.ts';
import type { RegisterNodesRequest as _ipam_RegisterNodesRequest, RegisterNodesRequest__Output as _ipam_RegisterNodesRequest__Output } from '../ipam/RegisterNodesRequest.ts';
import type { RegisterNodesResponse as _ipam_RegisterNodesResponse, RegisterNodesResponse__Output as _ipam_RegisterNodesResponse__Output } from '../ipam/RegisterNodesResponse.ts';
import type { ShowTopologyRequest as _ipam_ShowTopologyRequest, ShowTopologyRequest__Output as _ipam_ShowTopologyRequest__Output } from '../ipam/ShowTopologyRequest.ts';
import type { ShowTopologyResponse as _ipam_ShowTopologyResponse, ShowTopologyResponse__Output as _ipam_ShowTopologyResponse__Output } from '../ipam/ShowTopologyResponse.ts';
import type { TopologyPlan as _ipam_TopologyPlan, TopologyPlan__Output as _ipam_TopologyPlan__Output } from '../ipam/TopologyPlan.ts';

export interface TopologyClient extends grpc.Client {
  Apply(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ApplyTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ApplyTopologyRequest, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ApplyTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ApplyTopologyRequest, callback: grpc.requestCallback<_ipam_ApplyTopologyResponse__Output>): grpc.ClientUnaryCall;
  
  Plan(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  Plan(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  Plan(argument: _ipam_ApplyTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  Plan(argument: _ipam_ApplyTopologyRequest, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  plan(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  plan(argument: _ipam_ApplyTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  plan(argument: _ipam_ApplyTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  plan(argument: _ipam_ApplyTopologyRequest, callback: grpc.requestCallback<_ipam_TopologyPlan__Output>): grpc.ClientUnaryCall;
  
  RegisterNodes(argument: _ipam_RegisterNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  RegisterNodes(argument: _ipam_RegisterNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  RegisterNodes(argument: _ipam_RegisterNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  RegisterNodes(argument: _ipam_RegisterNodesRequest, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  registerNodes(argument: _ipam_RegisterNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  registerNodes(argument: _ipam_RegisterNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  registerNodes(argument: _ipam_RegisterNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  registerNodes(argument: _ipam_RegisterNodesRequest, callback: grpc.requestCallback<_ipam_RegisterNodesResponse__Output>): grpc.ClientUnaryCall;
  
  Show(argument: _ipam_ShowTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  Show(argument: _ipam_ShowTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  Show(argument: _ipam_ShowTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  Show(argument: _ipam_ShowTopologyRequest, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  show(argument: _ipam_ShowTopologyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  show(argument: _ipam_ShowTopologyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  show(argument: _ipam_ShowTopologyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  show(argument: _ipam_ShowTopologyRequest, callback: grpc.requestCallback<_ipam_ShowTopologyResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TopologyHandlers extends grpc.UntypedServiceImplementation {
  Apply: grpc.handleUnaryCall<_ipam_ApplyTopologyRequest__Output, _ipam_ApplyTopologyResponse>;
  
  Plan: grpc.handleUnaryCall<_ipam_ApplyTopologyRequest__Output, _ipam_TopologyPlan>;
  
  RegisterNodes: grpc.handleUnaryCall<_ipam_RegisterNodesRequest__Output, _ipam_RegisterNodesResponse>;
  
  Show: grpc.handleUnaryCall<_ipam_ShowTopologyRequest__Output, _ipam_ShowTopologyResponse>;
  
}

export interface TopologyDefinition extends grpc.ServiceDefinition {
  Apply: MethodDefinition<_ipam_ApplyTopologyRequest, _ipam_ApplyTopologyResponse, _ipam_ApplyTopologyRequest__Output, _ipam_ApplyTopologyResponse__Output>
  Plan: MethodDefinition<_ipam_ApplyTopologyRequest, _ipam_TopologyPlan, _ipam_ApplyTopologyRequest__Output, _ipam_TopologyPlan__Output>
  RegisterNodes: MethodDefinition<_ipam_RegisterNodesRequest, _ipam_RegisterNodesResponse, _ipam_RegisterNodesRequest__Output, _ipam_RegisterNodesResponse__Output>
  Show: MethodDefinition<_ipam_ShowTopologyRequest, _ipam_ShowTopologyResponse, _ipam_ShowTopologyRequest__Output, _ipam_ShowTopologyResponse__Output>
}
