// Original file: proto/peers.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CheckRequest as _ipam_CheckRequest, CheckRequest__Output as _ipam_CheckRequest__Output } from '../ipam/CheckRequest.ts';
import type { CheckResponse as _ipam_CheckResponse, CheckResponse__Output as _ipam_CheckResponse__Output } from '../ipam/CheckResponse.ts';
import type { CollectGarbageRequest as _ipam_CollectGarbageRequest, CollectGarbageRequest__Output as _ipam_CollectGarbageRequest__Output } from '../ipam/CollectGarbageRequest.ts';
import type { CollectGarbageResponse as _ipam_CollectGarbageResponse, CollectGarbageResponse__Output as _ipam_CollectGarbageResponse__Output } from '../ipam/CollectGarbageResponse.ts';
import type { ExplainRequest as _ipam_ExplainRequest, ExplainRequest__Output as _ipam_ExplainRequest__Output } from '../ipam/ExplainRequest.ts';
import type { ExplainResponse as _ipam_ExplainResponse, ExplainResponse__Output as _ipam_ExplainResponse__Output } from '../ipam/ExplainResponse.ts';
import type { ForecastRequest as _ipam_ForecastRequest, ForecastRequest__Output as _ipam_ForecastRequest__Output } from '../ipam/ForecastRequest.ts';
import type { ForecastResponse as _ipam_ForecastResponse, ForecastResponse__Output as _ipam_ForecastResponse__Output } from '../ipam/ForecastResponse.ts';
import type { GetNodeBlocksRequest as _ipam_GetNodeBlocksRequest, GetNodeBlocksRequest__Output as _ipam_GetNodeBlocksRequest__Output } from '../ipam/GetNodeBlocksRequest.ts';
import type { GetNodeBlocksResponse as _ipam_GetNodeBlocksResponse, GetNodeBlocksResponse__Output as _ipam_GetNodeBlocksResponse__Output } from '../ipam/GetNodeBlocksResponse.ts';
import type { HistoryRequest as _ipam_HistoryRequest, HistoryRequest__Output as _ipam_HistoryRequest__Output } from '../ipam/HistoryRequest.ts';
import type { HistoryResponse as _ipam_HistoryResponse, HistoryResponse__Output as _ipam_HistoryResponse__Output } from '../ipam/HistoryResponse.ts';
import type { ListAllocationsRequest as _ipam_ListAllocationsRequest, ListAllocationsRequest__Output as _ipam_ListAllocationsRequest__Output } from '../ipam/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _ipam_ListAllocationsResponse, ListAllocationsResponse__Output as _ipam_ListAllocationsResponse__Output } from '../ipam/ListAllocationsResponse.ts';
import type { LookupRequest as _ipam_LookupRequest, LookupRequest__Output as _ipam_LookupRequest__Output } from '../ipam/LookupRequest.ts';
import type { LookupResponse as _ipam_LookupResponse, LookupResponse__Output as _ipam_LookupResponse__Output } from '../ipam/LookupResponse.ts';

export interface PeersClient extends grpc.Client {
  Allocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  Allocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  Allocations(argument: _ipam_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  Allocations(argument: _ipam_ListAllocationsRequest, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  allocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  allocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  allocations(argument: _ipam_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  allocations(argument: _ipam_ListAllocationsRequest, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  
  Blocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  Blocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  Blocks(argument: _ipam_GetNodeBlocksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  Blocks(argument: _ipam_GetNodeBlocksRequest, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  blocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  blocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  blocks(argument: _ipam_GetNodeBlocksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  blocks(argument: _ipam_GetNodeBlocksRequest, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  
  Check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  
  Explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  
  GetForecast(argument: _ipam_ForecastRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  GetForecast(argument: _ipam_ForecastRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  GetForecast(argument: _ipam_ForecastRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  GetForecast(argument: _ipam_ForecastRequest, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  getForecast(argument: _ipam_ForecastRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  getForecast(argument: _ipam_ForecastRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  getForecast(argument: _ipam_ForecastRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  getForecast(argument: _ipam_ForecastRequest, callback: grpc.requestCallback<_ipam_ForecastResponse__Output>): grpc.ClientUnaryCall;
  
  GetHistory(argument: _ipam_HistoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _ipam_HistoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _ipam_HistoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _ipam_HistoryRequest, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _ipam_HistoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _ipam_HistoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _ipam_HistoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _ipam_HistoryRequest, callback: grpc.requestCallback<_ipam_HistoryResponse__Output>): grpc.ClientUnaryCall;
  
  Lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface PeersHandlers extends grpc.UntypedServiceImplementation {
  Allocations: grpc.handleUnaryCall<_ipam_ListAllocationsRequest__Output, _ipam_ListAllocationsResponse>;
  
  Blocks: grpc.handleUnaryCall<_ipam_GetNodeBlocksRequest__Output, _ipam_GetNodeBlocksResponse>;
  
  Check: grpc.handleUnaryCall<_ipam_CheckRequest__Output, _ipam_CheckResponse>;
  
  DryRunCollectGarbage: grpc.handleUnaryCall<_ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse>;
  
  Explain: grpc.handleUnaryCall<_ipam_ExplainRequest__Output, _ipam_ExplainResponse>;
  
  GetForecast: grpc.handleUnaryCall<_ipam_ForecastRequest__Output, _ipam_ForecastResponse>;
  
  GetHistory: grpc.handleUnaryCall<_ipam_HistoryRequest__Output, _ipam_HistoryResponse>;
  
  Lookup: grpc.handleUnaryCall<_ipam_LookupRequest__Output, _ipam_LookupResponse>;
  
}

export interface PeersDefinition extends grpc.ServiceDefinition {
  Allocations: MethodDefinition<_ipam_ListAllocationsRequest, _ipam_ListAllocationsResponse, _ipam_ListAllocationsRequest__Output, _ipam_ListAllocationsResponse__Output>
  Blocks: MethodDefinition<_ipam_GetNodeBlocksRequest, _ipam_GetNodeBlocksResponse, _ipam_GetNodeBlocksRequest__Output, _ipam_GetNodeBlocksResponse__Output>
  Check: MethodDefinition<_ipam_CheckRequest, _ipam_CheckResponse, _ipam_CheckRequest__Output, _ipam_CheckResponse__Output>
  DryRunCollectGarbage: MethodDefinition<_ipam_CollectGarbageRequest, _ipam_CollectGarbageResponse, _ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse__Output>
  Explain: MethodDefinition<_ipam_ExplainRequest, _ipam_ExplainResponse, _ipam_ExplainRequest__Output, _ipam_ExplainResponse__Output>
  GetForecast: MethodDefinition<_ipam_ForecastRequest, _ipam_ForecastResponse, _ipam_ForecastRequest__Output, _ipam_ForecastResponse__Output>
  GetHistory: MethodDefinition<_ipam_HistoryRequest, _ipam_HistoryResponse, _ipam_HistoryRequest__Output, _ipam_HistoryResponse__Output>
  Lookup: MethodDefinition<_ipam_LookupRequest, _ipam_LookupResponse, _ipam_LookupRequest__Output, _ipam_LookupResponse__Output>
}
