// Original file: proto/ipam.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AllocateBlockRequest as _ipam_AllocateBlockRequest, AllocateBlockRequest__Output as _ipam_AllocateBlockRequest__Output } from '../ipam/AllocateBlockRequest.ts';
import type { AllocateBlockResponse as _ipam_AllocateBlockResponse, AllocateBlockResponse__Output as _ipam_AllocateBlockResponse__Output } from '../ipam/AllocateBlockResponse.ts';
import type { AllocateIPRequest as _ipam_AllocateIPRequest, AllocateIPRequest__Output as _ipam_AllocateIPRequest__Output } from '../ipam/AllocateIPRequest.ts';
import type { AllocateIPResponse as _ipam_AllocateIPResponse, AllocateIPResponse__Output as _ipam_AllocateIPResponse__Output } from '../ipam/AllocateIPResponse.ts';
import type { AllocateIPsRequest as _ipam_AllocateIPsRequest, AllocateIPsRequest__Output as _ipam_AllocateIPsRequest__Output } from '../ipam/AllocateIPsRequest.ts';
import type { AllocateIPsResponse as _ipam_AllocateIPsResponse, AllocateIPsResponse__Output as _ipam_AllocateIPsResponse__Output } from '../ipam/AllocateIPsResponse.ts';
import type { AllocationEvent as _ipam_AllocationEvent, AllocationEvent__Output as _ipam_AllocationEvent__Output } from '../ipam/AllocationEvent.ts';
import type { CheckRequest as _ipam_CheckRequest, CheckRequest__Output as _ipam_CheckRequest__Output } from '../ipam/CheckRequest.ts';
import type { CheckResponse as _ipam_CheckResponse, CheckResponse__Output as _ipam_CheckResponse__Output } from '../ipam/CheckResponse.ts';
import type { CollectGarbageRequest as _ipam_CollectGarbageRequest, CollectGarbageRequest__Output as _ipam_CollectGarbageRequest__Output } from '../ipam/CollectGarbageRequest.ts';
import type { CollectGarbageResponse as _ipam_CollectGarbageResponse, CollectGarbageResponse__Output as _ipam_CollectGarbageResponse__Output } from '../ipam/CollectGarbageResponse.ts';
import type { DrainRequest as _ipam_DrainRequest, DrainRequest__Output as _ipam_DrainRequest__Output } from '../ipam/DrainRequest.ts';
import type { DrainResponse as _ipam_DrainResponse, DrainResponse__Output as _ipam_DrainResponse__Output } from '../ipam/DrainResponse.ts';
import type { ExplainRequest as _ipam_ExplainRequest, ExplainRequest__Output as _ipam_ExplainRequest__Output } from '../ipam/ExplainRequest.ts';
import type { ExplainResponse as _ipam_ExplainResponse, ExplainResponse__Output as _ipam_ExplainResponse__Output } from '../ipam/ExplainResponse.ts';
import type { ForecastRequest as _ipam_ForecastRequest, ForecastRequest__Output as _ipam_ForecastRequest__Output } from '../ipam/ForecastRequest.ts';
import type { ForecastResponse as _ipam_ForecastResponse, ForecastResponse__Output as _ipam_ForecastResponse__Output } from '../ipam/ForecastResponse.ts';
import type { ForgetNodeRequest as _ipam_ForgetNodeRequest, ForgetNodeRequest__Output as _ipam_ForgetNodeRequest__Output } from '../ipam/ForgetNodeRequest.ts';
import type { ForgetNodeResponse as _ipam_ForgetNodeResponse, ForgetNodeResponse__Output as _ipam_ForgetNodeResponse__Output } from '../ipam/ForgetNodeResponse.ts';
import type { GetNodeBlocksRequest as _ipam_GetNodeBlocksRequest, GetNodeBlocksRequest__Output as _ipam_GetNodeBlocksRequest__Output } from '../ipam/GetNodeBlocksRequest.ts';
import type { GetNodeBlocksResponse as _ipam_GetNodeBlocksResponse, GetNodeBlocksResponse__Output as _ipam_GetNodeBlocksResponse__Output } from '../ipam/GetNodeBlocksResponse.ts';
import type { GetPoolStatsRequest as _ipam_GetPoolStatsRequest, GetPoolStatsRequest__Output as _ipam_GetPoolStatsRequest__Output } from '../ipam/GetPoolStatsRequest.ts';
import type { GetPoolStatsResponse as _ipam_GetPoolStatsResponse, GetPoolStatsResponse__Output as _ipam_GetPoolStatsResponse__Output } from '../ipam/GetPoolStatsResponse.ts';
import type { GetVersionRequest as _ipam_GetVersionRequest, GetVersionRequest__Output as _ipam_GetVersionRequest__Output } from '../ipam/GetVersionRequest.ts';
import type { GetVersionResponse as _ipam_GetVersionResponse, GetVersionResponse__Output as _ipam_GetVersionResponse__Output } from '../ipam/GetVersionResponse.ts';
import type { HistoryRequest as _ipam_HistoryRequest, HistoryRequest__Output as _ipam_HistoryRequest__Output } from '../ipam/HistoryRequest.ts';
import type { HistoryResponse as _ipam_HistoryResponse, HistoryResponse__Output as _ipam_HistoryResponse__Output } from '../ipam/HistoryResponse.ts';
import type { LiftQuarantineRequest as _ipam_LiftQuarantineRequest, LiftQuarantineRequest__Output as _ipam_LiftQuarantineRequest__Output } from '../ipam/LiftQuarantineRequest.ts';
import type { LiftQuarantineResponse as _ipam_LiftQuarantineResponse, LiftQuarantineResponse__Output as _ipam_LiftQuarantineResponse__Output } from '../ipam/LiftQuarantineResponse.ts';
import type { ListAllocationsRequest as _ipam_ListAllocationsRequest, ListAllocationsRequest__Output as _ipam_ListAllocationsRequest__Output } from '../ipam/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _ipam_ListAllocationsResponse, ListAllocationsResponse__Output as _ipam_ListAllocationsResponse__Output } from '../ipam/ListAllocationsResponse.ts';
import type { ListFreeRequest as _ipam_ListFreeRequest, ListFreeRequest__Output as _ipam_ListFreeRequest__Output } from '../ipam/ListFreeRequest.ts';
import type { ListFreeResponse as _ipam_ListFreeResponse, ListFreeResponse__Output as _ipam_ListFreeResponse__Output } from '../ipam/ListFreeResponse.ts';
import type { ListPoolsRequest as _ipam_ListPoolsRequest, ListPoolsRequest__Output as _ipam_ListPoolsRequest__Output } from '../ipam/ListPoolsRequest.ts';
import type { ListPoolsResponse as _ipam_ListPoolsResponse, ListPoolsResponse__Output as _ipam_ListPoolsResponse__Output } from '../ipam/ListPoolsResponse.ts';
import type { LookupRequest as _ipam_LookupRequest, LookupRequest__Output as _ipam_LookupRequest__Output } from '../ipam/LookupRequest.ts';
import type { LookupResponse as _ipam_LookupResponse, LookupResponse__Output as _ipam_LookupResponse__Output } from '../ipam/LookupResponse.ts';
import type { QuarantineIPRequest as _ipam_QuarantineIPRequest, QuarantineIPRequest__Output as _ipam_QuarantineIPRequest__Output } from '../ipam/QuarantineIPRequest.ts';
import type { QuarantineIPResponse as _ipam_QuarantineIPResponse, QuarantineIPResponse__Output as _ipam_QuarantineIPResponse__Output } from '../ipam/QuarantineIPResponse.ts';
import type { ReleaseBlockRequest as _ipam_ReleaseBlockRequest, ReleaseBlockRequest__Output as _ipam_ReleaseBlockRequest__Output } from '../ipam/ReleaseBlockRequest.ts';
import type { ReleaseBlockResponse as _ipam_ReleaseBlockResponse, ReleaseBlockResponse__Output as _ipam_ReleaseBlockResponse__Output } from '../ipam/ReleaseBlockResponse.ts';
import type { ReleaseIPRequest as _ipam_ReleaseIPRequest, ReleaseIPRequest__Output as _ipam_ReleaseIPRequest__Output } from '../ipam/ReleaseIPRequest.ts';
import type { ReleaseIPResponse as _ipam_ReleaseIPResponse, ReleaseIPResponse__Output as _ipam_ReleaseIPResponse__Output } from '../ipam/ReleaseIPResponse.ts';
import type { ReleaseIPsRequest as _ipam_ReleaseIPsRequest, ReleaseIPsRequest__Output as _ipam_ReleaseIPsRequest__Output } from '../ipam/ReleaseIPsRequest.ts';
import type { ReleaseIPsResponse as _ipam_ReleaseIPsResponse, ReleaseIPsResponse__Output as _ipam_ReleaseIPsResponse__Output } from '../ipam/ReleaseIPsResponse.ts';
import type { ReleaseIdentityRequest as _ipam_ReleaseIdentityRequest, ReleaseIdentityRequest__Output as _ipam_ReleaseIdentityRequest__Output } from '../ipam/ReleaseIdentityRequest.ts';
import type { ReleaseIdentityResponse as _ipam_ReleaseIdentityResponse, ReleaseIdentityResponse__Output as _ipam_ReleaseIdentityResponse__Output } from '../ipam/ReleaseIdentityResponse.ts';
import type { RepairRequest as _ipam_RepairRequest, RepairRequest__Output as _ipam_RepairRequest__Output } from '../ipam/RepairRequest.ts';
import type { RepairResponse as _ipam_RepairResponse, RepairResponse__Output as _ipam_RepairResponse__Output } from '../ipam/RepairResponse.ts';
import type { SetIPsRequest as _ipam_SetIPsRequest, SetIPsRequest__Output as _ipam_SetIPsRequest__Output } from '../ipam/SetIPsRequest.ts';
import type { SetIPsResponse as _ipam_SetIPsResponse, SetIPsResponse__Output as _ipam_SetIPsResponse__Output } from '../ipam/SetIPsResponse.ts';
import type { WatchAllocationsRequest as _ipam_WatchAllocationsRequest, WatchAllocationsRequest__Output as _ipam_WatchAllocationsRequest__Output } from '../ipam/WatchAllocationsRequest.ts';

export interface IPAMClient extends grpc.Client {
  AllocateBlock(argument: _ipam_AllocateBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  AllocateBlock(argument: _ipam_AllocateBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  AllocateBlock(argument: _ipam_AllocateBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  AllocateBlock(argument: _ipam_AllocateBlockRequest, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  allocateBlock(argument: _ipam_AllocateBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  allocateBlock(argument: _ipam_AllocateBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  allocateBlock(argument: _ipam_AllocateBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  allocateBlock(argument: _ipam_AllocateBlockRequest, callback: grpc.requestCallback<_ipam_AllocateBlockResponse__Output>): grpc.ClientUnaryCall;
  
  AllocateIP(argument: _ipam_AllocateIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  AllocateIP(argument: _ipam_AllocateIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  AllocateIP(argument: _ipam_AllocateIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  AllocateIP(argument: _ipam_AllocateIPRequest, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  allocateIp(argument: _ipam_AllocateIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  allocateIp(argument: _ipam_AllocateIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  allocateIp(argument: _ipam_AllocateIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  allocateIp(argument: _ipam_AllocateIPRequest, callback: grpc.requestCallback<_ipam_AllocateIPResponse__Output>): grpc.ClientUnaryCall;
  
  AllocateIPs(argument: _ipam_AllocateIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  AllocateIPs(argument: _ipam_AllocateIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  AllocateIPs(argument: _ipam_AllocateIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  AllocateIPs(argument: _ipam_AllocateIPsRequest, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  allocateIPs(argument: _ipam_AllocateIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  allocateIPs(argument: _ipam_AllocateIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  allocateIPs(argument: _ipam_AllocateIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  allocateIPs(argument: _ipam_AllocateIPsRequest, callback: grpc.requestCallback<_ipam_AllocateIPsResponse__Output>): grpc.ClientUnaryCall;
  
  Check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _ipam_CheckRequest, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _ipam_CheckRequest, callback: grpc.requestCallback<_ipam_CheckResponse__Output>): grpc.ClientUnaryCall;
  
  CollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  CollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  CollectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  CollectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  collectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  collectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  collectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  collectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  
  Drain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _ipam_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _ipam_DrainRequest, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _ipam_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _ipam_DrainRequest, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  DryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  dryRunCollectGarbage(argument: _ipam_CollectGarbageRequest, callback: grpc.requestCallback<_ipam_CollectGarbageResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunDrain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  DryRunDrain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  DryRunDrain(argument: _ipam_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  DryRunDrain(argument: _ipam_DrainRequest, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  dryRunDrain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  dryRunDrain(argument: _ipam_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  dryRunDrain(argument: _ipam_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  dryRunDrain(argument: _ipam_DrainRequest, callback: grpc.requestCallback<_ipam_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  DryRunForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  DryRunForgetNode(argument: _ipam_ForgetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  DryRunForgetNode(argument: _ipam_ForgetNodeRequest, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  dryRunForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  dryRunForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  dryRunForgetNode(argument: _ipam_ForgetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  dryRunForgetNode(argument: _ipam_ForgetNodeRequest, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunReleaseIP(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  DryRunReleaseIP(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  DryRunReleaseIP(argument: _ipam_ReleaseIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  DryRunReleaseIP(argument: _ipam_ReleaseIPRequest, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  dryRunReleaseIp(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  dryRunReleaseIp(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  dryRunReleaseIp(argument: _ipam_ReleaseIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  dryRunReleaseIp(argument: _ipam_ReleaseIPRequest, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunRepair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  DryRunRepair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  DryRunRepair(argument: _ipam_RepairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  DryRunRepair(argument: _ipam_RepairRequest, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  dryRunRepair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  dryRunRepair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  dryRunRepair(argument: _ipam_RepairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  dryRunRepair(argument: _ipam_RepairRequest, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  
  DryRunSetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  DryRunSetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  DryRunSetIPs(argument: _ipam_SetIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  DryRunSetIPs(argument: _ipam_SetIPsRequest, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  dryRunSetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  dryRunSetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  dryRunSetIPs(argument: _ipam_SetIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  dryRunSetIPs(argument: _ipam_SetIPsRequest, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  
  Explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _ipam_ExplainRequest, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _ipam_ExplainRequest, callback: grpc.requestCallback<_ipam_ExplainResponse__Output>): grpc.ClientUnaryCall;
  
  ForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  ForgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  ForgetNode(argument: _ipam_ForgetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  ForgetNode(argument: _ipam_ForgetNodeRequest, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  forgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  forgetNode(argument: _ipam_ForgetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  forgetNode(argument: _ipam_ForgetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  forgetNode(argument: _ipam_ForgetNodeRequest, callback: grpc.requestCallback<_ipam_ForgetNodeResponse__Output>): grpc.ClientUnaryCall;
  
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
  
  GetNodeBlocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  GetNodeBlocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  GetNodeBlocks(argument: _ipam_GetNodeBlocksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  GetNodeBlocks(argument: _ipam_GetNodeBlocksRequest, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  getNodeBlocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  getNodeBlocks(argument: _ipam_GetNodeBlocksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  getNodeBlocks(argument: _ipam_GetNodeBlocksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  getNodeBlocks(argument: _ipam_GetNodeBlocksRequest, callback: grpc.requestCallback<_ipam_GetNodeBlocksResponse__Output>): grpc.ClientUnaryCall;
  
  GetPoolStats(argument: _ipam_GetPoolStatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  GetPoolStats(argument: _ipam_GetPoolStatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  GetPoolStats(argument: _ipam_GetPoolStatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  GetPoolStats(argument: _ipam_GetPoolStatsRequest, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  getPoolStats(argument: _ipam_GetPoolStatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  getPoolStats(argument: _ipam_GetPoolStatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  getPoolStats(argument: _ipam_GetPoolStatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  getPoolStats(argument: _ipam_GetPoolStatsRequest, callback: grpc.requestCallback<_ipam_GetPoolStatsResponse__Output>): grpc.ClientUnaryCall;
  
  GetVersion(argument: _ipam_GetVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _ipam_GetVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _ipam_GetVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _ipam_GetVersionRequest, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _ipam_GetVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _ipam_GetVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _ipam_GetVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _ipam_GetVersionRequest, callback: grpc.requestCallback<_ipam_GetVersionResponse__Output>): grpc.ClientUnaryCall;
  
  LiftQuarantine(argument: _ipam_LiftQuarantineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  LiftQuarantine(argument: _ipam_LiftQuarantineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  LiftQuarantine(argument: _ipam_LiftQuarantineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  LiftQuarantine(argument: _ipam_LiftQuarantineRequest, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  liftQuarantine(argument: _ipam_LiftQuarantineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  liftQuarantine(argument: _ipam_LiftQuarantineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  liftQuarantine(argument: _ipam_LiftQuarantineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  liftQuarantine(argument: _ipam_LiftQuarantineRequest, callback: grpc.requestCallback<_ipam_LiftQuarantineResponse__Output>): grpc.ClientUnaryCall;
  
  ListAllocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _ipam_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _ipam_ListAllocationsRequest, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _ipam_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _ipam_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _ipam_ListAllocationsRequest, callback: grpc.requestCallback<_ipam_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  
  ListFree(argument: _ipam_ListFreeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  ListFree(argument: _ipam_ListFreeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  ListFree(argument: _ipam_ListFreeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  ListFree(argument: _ipam_ListFreeRequest, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  listFree(argument: _ipam_ListFreeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  listFree(argument: _ipam_ListFreeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  listFree(argument: _ipam_ListFreeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  listFree(argument: _ipam_ListFreeRequest, callback: grpc.requestCallback<_ipam_ListFreeResponse__Output>): grpc.ClientUnaryCall;
  
  ListPools(argument: _ipam_ListPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _ipam_ListPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _ipam_ListPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _ipam_ListPoolsRequest, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _ipam_ListPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _ipam_ListPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _ipam_ListPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _ipam_ListPoolsRequest, callback: grpc.requestCallback<_ipam_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  
  Lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  Lookup(argument: _ipam_LookupRequest, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  lookup(argument: _ipam_LookupRequest, callback: grpc.requestCallback<_ipam_LookupResponse__Output>): grpc.ClientUnaryCall;
  
  QuarantineIP(argument: _ipam_QuarantineIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  QuarantineIP(argument: _ipam_QuarantineIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  QuarantineIP(argument: _ipam_QuarantineIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  QuarantineIP(argument: _ipam_QuarantineIPRequest, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  quarantineIp(argument: _ipam_QuarantineIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  quarantineIp(argument: _ipam_QuarantineIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  quarantineIp(argument: _ipam_QuarantineIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  quarantineIp(argument: _ipam_QuarantineIPRequest, callback: grpc.requestCallback<_ipam_QuarantineIPResponse__Output>): grpc.ClientUnaryCall;
  
  ReleaseBlock(argument: _ipam_ReleaseBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseBlock(argument: _ipam_ReleaseBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseBlock(argument: _ipam_ReleaseBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseBlock(argument: _ipam_ReleaseBlockRequest, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  releaseBlock(argument: _ipam_ReleaseBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  releaseBlock(argument: _ipam_ReleaseBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  releaseBlock(argument: _ipam_ReleaseBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  releaseBlock(argument: _ipam_ReleaseBlockRequest, callback: grpc.requestCallback<_ipam_ReleaseBlockResponse__Output>): grpc.ClientUnaryCall;
  
  ReleaseIP(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIP(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIP(argument: _ipam_ReleaseIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIP(argument: _ipam_ReleaseIPRequest, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  releaseIp(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  releaseIp(argument: _ipam_ReleaseIPRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  releaseIp(argument: _ipam_ReleaseIPRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  releaseIp(argument: _ipam_ReleaseIPRequest, callback: grpc.requestCallback<_ipam_ReleaseIPResponse__Output>): grpc.ClientUnaryCall;
  
  ReleaseIPs(argument: _ipam_ReleaseIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIPs(argument: _ipam_ReleaseIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIPs(argument: _ipam_ReleaseIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIPs(argument: _ipam_ReleaseIPsRequest, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  releaseIPs(argument: _ipam_ReleaseIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  releaseIPs(argument: _ipam_ReleaseIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  releaseIPs(argument: _ipam_ReleaseIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  releaseIPs(argument: _ipam_ReleaseIPsRequest, callback: grpc.requestCallback<_ipam_ReleaseIPsResponse__Output>): grpc.ClientUnaryCall;
  
  ReleaseIdentity(argument: _ipam_ReleaseIdentityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIdentity(argument: _ipam_ReleaseIdentityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIdentity(argument: _ipam_ReleaseIdentityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  ReleaseIdentity(argument: _ipam_ReleaseIdentityRequest, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  releaseIdentity(argument: _ipam_ReleaseIdentityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  releaseIdentity(argument: _ipam_ReleaseIdentityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  releaseIdentity(argument: _ipam_ReleaseIdentityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  releaseIdentity(argument: _ipam_ReleaseIdentityRequest, callback: grpc.requestCallback<_ipam_ReleaseIdentityResponse__Output>): grpc.ClientUnaryCall;
  
  Repair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  Repair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  Repair(argument: _ipam_RepairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  Repair(argument: _ipam_RepairRequest, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  repair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  repair(argument: _ipam_RepairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  repair(argument: _ipam_RepairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  repair(argument: _ipam_RepairRequest, callback: grpc.requestCallback<_ipam_RepairResponse__Output>): grpc.ClientUnaryCall;
  
  SetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  SetIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  SetIPs(argument: _ipam_SetIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  SetIPs(argument: _ipam_SetIPsRequest, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  setIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  setIPs(argument: _ipam_SetIPsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  setIPs(argument: _ipam_SetIPsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  setIPs(argument: _ipam_SetIPsRequest, callback: grpc.requestCallback<_ipam_SetIPsResponse__Output>): grpc.ClientUnaryCall;
  
  WatchAllocations(argument: _ipam_WatchAllocationsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_AllocationEvent__Output>;
  WatchAllocations(argument: _ipam_WatchAllocationsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_AllocationEvent__Output>;
  watchAllocations(argument: _ipam_WatchAllocationsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_AllocationEvent__Output>;
  watchAllocations(argument: _ipam_WatchAllocationsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_AllocationEvent__Output>;
  
}

export interface IPAMHandlers extends grpc.UntypedServiceImplementation {
  AllocateBlock: grpc.handleUnaryCall<_ipam_AllocateBlockRequest__Output, _ipam_AllocateBlockResponse>;
  
  AllocateIP: grpc.handleUnaryCall<_ipam_AllocateIPRequest__Output, _ipam_AllocateIPResponse>;
  
  AllocateIPs: grpc.handleUnaryCall<_ipam_AllocateIPsRequest__Output, _ipam_AllocateIPsResponse>;
  
  Check: grpc.handleUnaryCall<_ipam_CheckRequest__Output, _ipam_CheckResponse>;
  
  CollectGarbage: grpc.handleUnaryCall<_ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse>;
  
  Drain: grpc.handleUnaryCall<_ipam_DrainRequest__Output, _ipam_DrainResponse>;
  
  DryRunCollectGarbage: grpc.handleUnaryCall<_ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse>;
  
  DryRunDrain: grpc.handleUnaryCall<_ipam_DrainRequest__Output, _ipam_DrainResponse>;
  
  DryRunForgetNode: grpc.handleUnaryCall<_ipam_ForgetNodeRequest__Output, _ipam_ForgetNodeResponse>;
  
  DryRunReleaseIP: grpc.handleUnaryCall<_ipam_ReleaseIPRequest__Output, _ipam_ReleaseIPResponse>;
  
  DryRunRepair: grpc.handleUnaryCall<_ipam_RepairRequest__Output, _ipam_RepairResponse>;
  
  DryRunSetIPs: grpc.handleUnaryCall<_ipam_SetIPsRequest__Output, _ipam_SetIPsResponse>;
  
  Explain: grpc.handleUnaryCall<_ipam_ExplainRequest__Output, _ipam_ExplainResponse>;
  
  ForgetNode: grpc.handleUnaryCall<_ipam_ForgetNodeRequest__Output, _ipam_ForgetNodeResponse>;
  
  GetForecast: grpc.handleUnaryCall<_ipam_ForecastRequest__Output, _ipam_ForecastResponse>;
  
  GetHistory: grpc.handleUnaryCall<_ipam_HistoryRequest__Output, _ipam_HistoryResponse>;
  
  GetNodeBlocks: grpc.handleUnaryCall<_ipam_GetNodeBlocksRequest__Output, _ipam_GetNodeBlocksResponse>;
  
  GetPoolStats: grpc.handleUnaryCall<_ipam_GetPoolStatsRequest__Output, _ipam_GetPoolStatsResponse>;
  
  GetVersion: grpc.handleUnaryCall<_ipam_GetVersionRequest__Output, _ipam_GetVersionResponse>;
  
  LiftQuarantine: grpc.handleUnaryCall<_ipam_LiftQuarantineRequest__Output, _ipam_LiftQuarantineResponse>;
  
  ListAllocations: grpc.handleUnaryCall<_ipam_ListAllocationsRequest__Output, _ipam_ListAllocationsResponse>;
  
  ListFree: grpc.handleUnaryCall<_ipam_ListFreeRequest__Output, _ipam_ListFreeResponse>;
  
  ListPools: grpc.handleUnaryCall<_ipam_ListPoolsRequest__Output, _ipam_ListPoolsResponse>;
  
  Lookup: grpc.handleUnaryCall<_ipam_LookupRequest__Output, _ipam_LookupResponse>;
  
  QuarantineIP: grpc.handleUnaryCall<_ipam_QuarantineIPRequest__Output, _ipam_QuarantineIPResponse>;
  
  ReleaseBlock: grpc.handleUnaryCall<_ipam_ReleaseBlockRequest__Output, _ipam_ReleaseBlockResponse>;
  
  ReleaseIP: grpc.handleUnaryCall<_ipam_ReleaseIPRequest__Output, _ipam_ReleaseIPResponse>;
  
  ReleaseIPs: grpc.handleUnaryCall<_ipam_ReleaseIPsRequest__Output, _ipam_ReleaseIPsResponse>;
  
  ReleaseIdentity: grpc.handleUnaryCall<_ipam_ReleaseIdentityRequest__Output, _ipam_ReleaseIdentityResponse>;
  
  Repair: grpc.handleUnaryCall<_ipam_RepairRequest__Output, _ipam_RepairResponse>;
  
  SetIPs: grpc.handleUnaryCall<_ipam_SetIPsRequest__Output, _ipam_SetIPsResponse>;
  
  WatchAllocations: grpc.handleServerStreamingCall<_ipam_WatchAllocationsRequest__Output, _ipam_AllocationEvent>;
  
}

export interface IPAMDefinition extends grpc.ServiceDefinition {
  AllocateBlock: MethodDefinition<_ipam_AllocateBlockRequest, _ipam_AllocateBlockResponse, _ipam_AllocateBlockRequest__Output, _ipam_AllocateBlockResponse__Output>
  AllocateIP: MethodDefinition<_ipam_AllocateIPRequest, _ipam_AllocateIPResponse, _ipam_AllocateIPRequest__Output, _ipam_AllocateIPResponse__Output>
  AllocateIPs: MethodDefinition<_ipam_AllocateIPsRequest, _ipam_AllocateIPsResponse, _ipam_AllocateIPsRequest__Output, _ipam_AllocateIPsResponse__Output>
  Check: MethodDefinition<_ipam_CheckRequest, _ipam_CheckResponse, _ipam_CheckRequest__Output, _ipam_CheckResponse__Output>
  CollectGarbage: MethodDefinition<_ipam_CollectGarbageRequest, _ipam_CollectGarbageResponse, _ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse__Output>
  Drain: MethodDefinition<_ipam_DrainRequest, _ipam_DrainResponse, _ipam_DrainRequest__Output, _ipam_DrainResponse__Output>
  DryRunCollectGarbage: MethodDefinition<_ipam_CollectGarbageRequest, _ipam_CollectGarbageResponse, _ipam_CollectGarbageRequest__Output, _ipam_CollectGarbageResponse__Output>
  DryRunDrain: MethodDefinition<_ipam_DrainRequest, _ipam_DrainResponse, _ipam_DrainRequest__Output, _ipam_DrainResponse__Output>
  DryRunForgetNode: MethodDefinition<_ipam_ForgetNodeRequest, _ipam_ForgetNodeResponse, _ipam_ForgetNodeRequest__Output, _ipam_ForgetNodeResponse__Output>
  DryRunReleaseIP: MethodDefinition<_ipam_ReleaseIPRequest, _ipam_ReleaseIPResponse, _ipam_ReleaseIPRequest__Output, _ipam_ReleaseIPResponse__Output>
  DryRunRepair: MethodDefinition<_ipam_RepairRequest, _ipam_RepairResponse, _ipam_RepairRequest__Output, _ipam_RepairResponse__Output>
  DryRunSetIPs: MethodDefinition<_ipam_SetIPsRequest, _ipam_SetIPsResponse, _ipam_SetIPsRequest__Output, _ipam_SetIPsResponse__Output>
  Explain: MethodDefinition<_ipam_ExplainRequest, _ipam_ExplainResponse, _ipam_ExplainRequest__Output, _ipam_ExplainResponse__Output>
  ForgetNode: MethodDefinition<_ipam_ForgetNodeRequest, _ipam_ForgetNodeResponse, _ipam_ForgetNodeRequest__Output, _ipam_ForgetNodeResponse__Output>
  GetForecast: MethodDefinition<_ipam_ForecastRequest, _ipam_ForecastResponse, _ipam_ForecastRequest__Output, _ipam_ForecastResponse__Output>
  GetHistory: MethodDefinition<_ipam_HistoryRequest, _ipam_HistoryResponse, _ipam_HistoryRequest__Output, _ipam_HistoryResponse__Output>
  GetNodeBlocks: MethodDefinition<_ipam_GetNodeBlocksRequest, _ipam_GetNodeBlocksResponse, _ipam_GetNodeBlocksRequest__Output, _ipam_GetNodeBlocksResponse__Output>
  GetPoolStats: MethodDefinition<_ipam_GetPoolStatsRequest, _ipam_GetPoolStatsResponse, _ipam_GetPoolStatsRequest__Output, _ipam_GetPoolStatsResponse__Output>
  GetVersion: MethodDefinition<_ipam_GetVersionRequest, _ipam_GetVersionResponse, _ipam_GetVersionRequest__Output, _ipam_GetVersionResponse__Output>
  LiftQuarantine: MethodDefinition<_ipam_LiftQuarantineRequest, _ipam_LiftQuarantineResponse, _ipam_LiftQuarantineRequest__Output, _ipam_LiftQuarantineResponse__Output>
  ListAllocations: MethodDefinition<_ipam_ListAllocationsRequest, _ipam_ListAllocationsResponse, _ipam_ListAllocationsRequest__Output, _ipam_ListAllocationsResponse__Output>
  ListFree: MethodDefinition<_ipam_ListFreeRequest, _ipam_ListFreeResponse, _ipam_ListFreeRequest__Output, _ipam_ListFreeResponse__Output>
  ListPools: MethodDefinition<_ipam_ListPoolsRequest, _ipam_ListPoolsResponse, _ipam_ListPoolsRequest__Output, _ipam_ListPoolsResponse__Output>
  Lookup: MethodDefinition<_ipam_LookupRequest, _ipam_LookupResponse, _ipam_LookupRequest__Output, _ipam_LookupResponse__Output>
  QuarantineIP: MethodDefinition<_ipam_QuarantineIPRequest, _ipam_QuarantineIPResponse, _ipam_QuarantineIPRequest__Output, _ipam_QuarantineIPResponse__Output>
  ReleaseBlock: MethodDefinition<_ipam_ReleaseBlockRequest, _ipam_ReleaseBlockResponse, _ipam_ReleaseBlockRequest__Output, _ipam_ReleaseBlockResponse__Output>
  ReleaseIP: MethodDefinition<_ipam_ReleaseIPRequest, _ipam_ReleaseIPResponse, _ipam_ReleaseIPRequest__Output, _ipam_ReleaseIPResponse__Output>
  ReleaseIPs: MethodDefinition<_ipam_ReleaseIPsRequest, _ipam_ReleaseIPsResponse, _ipam_ReleaseIPsRequest__Output, _ipam_ReleaseIPsResponse__Output>
  ReleaseIdentity: MethodDefinition<_ipam_ReleaseIdentityRequest, _ipam_ReleaseIdentityResponse, _ipam_ReleaseIdentityRequest__Output, _ipam_ReleaseIdentityResponse__Output>
  Repair: MethodDefinition<_ipam_RepairRequest, _ipam_RepairResponse, _ipam_RepairRequest__Output, _ipam_RepairResponse__Output>
  SetIPs: MethodDefinition<_ipam_SetIPsRequest, _ipam_SetIPsResponse, _ipam_SetIPsRequest__Output, _ipam_SetIPsResponse__Output>
  WatchAllocations: MethodDefinition<_ipam_WatchAllocationsRequest, _ipam_AllocationEvent, _ipam_WatchAllocationsRequest__Output, _ipam_AllocationEvent__Output>
}
