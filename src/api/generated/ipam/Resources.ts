// Original file: proto/ipam.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyResponse as _ipam_ApplyResponse, ApplyResponse__Output as _ipam_ApplyResponse__Output } from '../ipam/ApplyResponse.ts';
import type { DeleteResourceResponse as _ipam_DeleteResourceResponse, DeleteResourceResponse__Output as _ipam_DeleteResourceResponse__Output } from '../ipam/DeleteResourceResponse.ts';
import type { ListResourcesRequest as _ipam_ListResourcesRequest, ListResourcesRequest__Output as _ipam_ListResourcesRequest__Output } from '../ipam/ListResourcesRequest.ts';
import type { ListResourcesResponse as _ipam_ListResourcesResponse, ListResourcesResponse__Output as _ipam_ListResourcesResponse__Output } from '../ipam/ListResourcesResponse.ts';
import type { ResourceEvent as _ipam_ResourceEvent, ResourceEvent__Output as _ipam_ResourceEvent__Output } from '../ipam/ResourceEvent.ts';
import type { ResourceKey as _ipam_ResourceKey, ResourceKey__Output as _ipam_ResourceKey__Output } from '../ipam/ResourceKey.ts';
import type { ResourceText as _ipam_ResourceText, ResourceText__Output as _ipam_ResourceText__Output } from '../ipam/ResourceText.ts';
import type { WatchResourcesRequest as _ipam_WatchResourcesRequest, WatchResourcesRequest__Output as _ipam_WatchResourcesRequest__Output } from '../ipam/WatchResourcesRequest.ts';

export interface ResourcesClient extends grpc.Client {
  Apply(argument: _ipam_ResourceText, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ResourceText, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ResourceText, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  Apply(argument: _ipam_ResourceText, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ResourceText, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ResourceText, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ResourceText, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  apply(argument: _ipam_ResourceText, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  
  Delete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunApply(argument: _ipam_ResourceText, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  DryRunApply(argument: _ipam_ResourceText, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  DryRunApply(argument: _ipam_ResourceText, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  DryRunApply(argument: _ipam_ResourceText, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  dryRunApply(argument: _ipam_ResourceText, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  dryRunApply(argument: _ipam_ResourceText, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  dryRunApply(argument: _ipam_ResourceText, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  dryRunApply(argument: _ipam_ResourceText, callback: grpc.requestCallback<_ipam_ApplyResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunDelete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  DryRunDelete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  DryRunDelete(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  DryRunDelete(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  dryRunDelete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  dryRunDelete(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  dryRunDelete(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  dryRunDelete(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_DeleteResourceResponse__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_ResourceKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_ResourceKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_ResourceKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_ResourceKey, callback: grpc.requestCallback<_ipam_ResourceText__Output>): grpc.ClientUnaryCall;
  
  List(argument: _ipam_ListResourcesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ipam_ListResourcesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ipam_ListResourcesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ipam_ListResourcesRequest, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ipam_ListResourcesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ipam_ListResourcesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ipam_ListResourcesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ipam_ListResourcesRequest, callback: grpc.requestCallback<_ipam_ListResourcesResponse__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _ipam_WatchResourcesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_ResourceEvent__Output>;
  Watch(argument: _ipam_WatchResourcesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_ResourceEvent__Output>;
  watch(argument: _ipam_WatchResourcesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_ResourceEvent__Output>;
  watch(argument: _ipam_WatchResourcesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_ResourceEvent__Output>;
  
}

export interface ResourcesHandlers extends grpc.UntypedServiceImplementation {
  Apply: grpc.handleUnaryCall<_ipam_ResourceText__Output, _ipam_ApplyResponse>;
  
  Delete: grpc.handleUnaryCall<_ipam_ResourceKey__Output, _ipam_DeleteResourceResponse>;
  
  DryRunApply: grpc.handleUnaryCall<_ipam_ResourceText__Output, _ipam_ApplyResponse>;
  
  DryRunDelete: grpc.handleUnaryCall<_ipam_ResourceKey__Output, _ipam_DeleteResourceResponse>;
  
  Get: grpc.handleUnaryCall<_ipam_ResourceKey__Output, _ipam_ResourceText>;
  
  List: grpc.handleUnaryCall<_ipam_ListResourcesRequest__Output, _ipam_ListResourcesResponse>;
  
  Watch: grpc.handleServerStreamingCall<_ipam_WatchResourcesRequest__Output, _ipam_ResourceEvent>;
  
}

export interface ResourcesDefinition extends grpc.ServiceDefinition {
  Apply: MethodDefinition<_ipam_ResourceText, _ipam_ApplyResponse, _ipam_ResourceText__Output, _ipam_ApplyResponse__Output>
  Delete: MethodDefinition<_ipam_ResourceKey, _ipam_DeleteResourceResponse, _ipam_ResourceKey__Output, _ipam_DeleteResourceResponse__Output>
  DryRunApply: MethodDefinition<_ipam_ResourceText, _ipam_ApplyResponse, _ipam_ResourceText__Output, _ipam_ApplyResponse__Output>
  DryRunDelete: MethodDefinition<_ipam_ResourceKey, _ipam_DeleteResourceResponse, _ipam_ResourceKey__Output, _ipam_DeleteResourceResponse__Output>
  Get: MethodDefinition<_ipam_ResourceKey, _ipam_ResourceText, _ipam_ResourceKey__Output, _ipam_ResourceText__Output>
  List: MethodDefinition<_ipam_ListResourcesRequest, _ipam_ListResourcesResponse, _ipam_ListResourcesRequest__Output, _ipam_ListResourcesResponse__Output>
  Watch: MethodDefinition<_ipam_WatchResourcesRequest, _ipam_ResourceEvent, _ipam_WatchResourcesRequest__Output, _ipam_ResourceEvent__Output>
}
