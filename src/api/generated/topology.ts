import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddressExplanation as _ipam_AddressExplanation, AddressExplanation__Output as _ipam_AddressExplanation__Output } from './ipam/AddressExplanation.ts';
import type { AddressState as _ipam_AddressState, AddressState__Output as _ipam_AddressState__Output } from './ipam/AddressState.ts';
import type { AllocateBlockRequest as _ipam_AllocateBlockRequest, AllocateBlockRequest__Output as _ipam_AllocateBlockRequest__Output } from './ipam/AllocateBlockRequest.ts';
import type { AllocateBlockResponse as _ipam_AllocateBlockResponse, AllocateBlockResponse__Output as _ipam_AllocateBlockResponse__Output } from './ipam/AllocateBlockResponse.ts';
import type { AllocateIPRequest as _ipam_AllocateIPRequest, AllocateIPRequest__Output as _ipam_AllocateIPRequest__Output } from './ipam/AllocateIPRequest.ts';
import type { AllocateIPResponse as _ipam_AllocateIPResponse, AllocateIPResponse__Output as _ipam_AllocateIPResponse__Output } from './ipam/AllocateIPResponse.ts';
import type { AllocateIPsRequest as _ipam_AllocateIPsRequest, AllocateIPsRequest__Output as _ipam_AllocateIPsRequest__Output } from './ipam/AllocateIPsRequest.ts';
import type { AllocateIPsResponse as _ipam_AllocateIPsResponse, AllocateIPsResponse__Output as _ipam_AllocateIPsResponse__Output } from './ipam/AllocateIPsResponse.ts';
import type { Allocation as _ipam_Allocation, Allocation__Output as _ipam_Allocation__Output } from './ipam/Allocation.ts';
import type { AllocationEvent as _ipam_AllocationEvent, AllocationEvent__Output as _ipam_AllocationEvent__Output } from './ipam/AllocationEvent.ts';
import type { ApplyResponse as _ipam_ApplyResponse, ApplyResponse__Output as _ipam_ApplyResponse__Output } from './ipam/ApplyResponse.ts';
import type { ApplyTopologyRequest as _ipam_ApplyTopologyRequest, ApplyTopologyRequest__Output as _ipam_ApplyTopologyRequest__Output } from './ipam/ApplyTopologyRequest.ts';
import type { ApplyTopologyResponse as _ipam_ApplyTopologyResponse, ApplyTopologyResponse__Output as _ipam_ApplyTopologyResponse__Output } from './ipam/ApplyTopologyResponse.ts';
import type { AwaitedRelease as _ipam_AwaitedRelease, AwaitedRelease__Output as _ipam_AwaitedRelease__Output } from './ipam/AwaitedRelease.ts';
import type { CheckRequest as _ipam_CheckRequest, CheckRequest__Output as _ipam_CheckRequest__Output } from './ipam/CheckRequest.ts';
import type { CheckResponse as _ipam_CheckResponse, CheckResponse__Output as _ipam_CheckResponse__Output } from './ipam/CheckResponse.ts';
import type { CollectGarbageRequest as _ipam_CollectGarbageRequest, CollectGarbageRequest__Output as _ipam_CollectGarbageRequest__Output } from './ipam/CollectGarbageRequest.ts';
import type { CollectGarbageResponse as _ipam_CollectGarbageResponse, CollectGarbageResponse__Output as _ipam_CollectGarbageResponse__Output } from './ipam/CollectGarbageResponse.ts';
import type { ConsideredPool as _ipam_ConsideredPool, ConsideredPool__Output as _ipam_ConsideredPool__Output } from './ipam/ConsideredPool.ts';
import type { DeleteResourceResponse as _ipam_DeleteResourceResponse, DeleteResourceResponse__Output as _ipam_DeleteResourceResponse__Output } from './ipam/DeleteResourceResponse.ts';
import type { DrainRequest as _ipam_DrainRequest, DrainRequest__Output as _ipam_DrainRequest__Output } from './ipam/DrainRequest.ts';
import type { DrainResponse as _ipam_DrainResponse, DrainResponse__Output as _ipam_DrainResponse__Output } from './ipam/DrainResponse.ts';
import type { DueRelease as _ipam_DueRelease, DueRelease__Output as _ipam_DueRelease__Output } from './ipam/DueRelease.ts';
import type { ExplainRequest as _ipam_ExplainRequest, ExplainRequest__Output as _ipam_ExplainRequest__Output } from './ipam/ExplainRequest.ts';
import type { ExplainResponse as _ipam_ExplainResponse, ExplainResponse__Output as _ipam_ExplainResponse__Output } from './ipam/ExplainResponse.ts';
import type { FamilyStats as _ipam_FamilyStats, FamilyStats__Output as _ipam_FamilyStats__Output } from './ipam/FamilyStats.ts';
import type { Fill as _ipam_Fill, Fill__Output as _ipam_Fill__Output } from './ipam/Fill.ts';
import type { Forecast as _ipam_Forecast, Forecast__Output as _ipam_Forecast__Output } from './ipam/Forecast.ts';
import type { ForecastOutlook as _ipam_ForecastOutlook, ForecastOutlook__Output as _ipam_ForecastOutlook__Output } from './ipam/ForecastOutlook.ts';
import type { ForecastRequest as _ipam_ForecastRequest, ForecastRequest__Output as _ipam_ForecastRequest__Output } from './ipam/ForecastRequest.ts';
import type { ForecastResponse as _ipam_ForecastResponse, ForecastResponse__Output as _ipam_ForecastResponse__Output } from './ipam/ForecastResponse.ts';
import type { ForgetNodeRequest as _ipam_ForgetNodeRequest, ForgetNodeRequest__Output as _ipam_ForgetNodeRequest__Output } from './ipam/ForgetNodeRequest.ts';
import type { ForgetNodeResponse as _ipam_ForgetNodeResponse, ForgetNodeResponse__Output as _ipam_ForgetNodeResponse__Output } from './ipam/ForgetNodeResponse.ts';
import type { FreePart as _ipam_FreePart, FreePart__Output as _ipam_FreePart__Output } from './ipam/FreePart.ts';
import type { GetNodeBlocksRequest as _ipam_GetNodeBlocksRequest, GetNodeBlocksRequest__Output as _ipam_GetNodeBlocksRequest__Output } from './ipam/GetNodeBlocksRequest.ts';
import type { GetNodeBlocksResponse as _ipam_GetNodeBlocksResponse, GetNodeBlocksResponse__Output as _ipam_GetNodeBlocksResponse__Output } from './ipam/GetNodeBlocksResponse.ts';
import type { GetPoolStatsRequest as _ipam_GetPoolStatsRequest, GetPoolStatsRequest__Output as _ipam_GetPoolStatsRequest__Output } from './ipam/GetPoolStatsRequest.ts';
import type { GetPoolStatsResponse as _ipam_GetPoolStatsResponse, GetPoolStatsResponse__Output as _ipam_GetPoolStatsResponse__Output } from './ipam/GetPoolStatsResponse.ts';
import type { GetVersionRequest as _ipam_GetVersionRequest, GetVersionRequest__Output as _ipam_GetVersionRequest__Output } from './ipam/GetVersionRequest.ts';
import type { GetVersionResponse as _ipam_GetVersionResponse, GetVersionResponse__Output as _ipam_GetVersionResponse__Output } from './ipam/GetVersionResponse.ts';
import type { HeldAddress as _ipam_HeldAddress, HeldAddress__Output as _ipam_HeldAddress__Output } from './ipam/HeldAddress.ts';
import type { HistoryEntry as _ipam_HistoryEntry, HistoryEntry__Output as _ipam_HistoryEntry__Output } from './ipam/HistoryEntry.ts';
import type { HistoryGap as _ipam_HistoryGap, HistoryGap__Output as _ipam_HistoryGap__Output } from './ipam/HistoryGap.ts';
import type { HistoryRequest as _ipam_HistoryRequest, HistoryRequest__Output as _ipam_HistoryRequest__Output } from './ipam/HistoryRequest.ts';
import type { HistoryResponse as _ipam_HistoryResponse, HistoryResponse__Output as _ipam_HistoryResponse__Output } from './ipam/HistoryResponse.ts';
import type { IPAMClient as _ipam_IPAMClient, IPAMDefinition as _ipam_IPAMDefinition } from './ipam/IPAM.ts';
import type { IPBlock as _ipam_IPBlock, IPBlock__Output as _ipam_IPBlock__Output } from './ipam/IPBlock.ts';
import type { IdentityName as _ipam_IdentityName, IdentityName__Output as _ipam_IdentityName__Output } from './ipam/IdentityName.ts';
import type { LiftQuarantineRequest as _ipam_LiftQuarantineRequest, LiftQuarantineRequest__Output as _ipam_LiftQuarantineRequest__Output } from './ipam/LiftQuarantineRequest.ts';
import type { LiftQuarantineResponse as _ipam_LiftQuarantineResponse, LiftQuarantineResponse__Output as _ipam_LiftQuarantineResponse__Output } from './ipam/LiftQuarantineResponse.ts';
import type { ListAllocationsRequest as _ipam_ListAllocationsRequest, ListAllocationsRequest__Output as _ipam_ListAllocationsRequest__Output } from './ipam/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _ipam_ListAllocationsResponse, ListAllocationsResponse__Output as _ipam_ListAllocationsResponse__Output } from './ipam/ListAllocationsResponse.ts';
import type { ListFreeRequest as _ipam_ListFreeRequest, ListFreeRequest__Output as _ipam_ListFreeRequest__Output } from './ipam/ListFreeRequest.ts';
import type { ListFreeResponse as _ipam_ListFreeResponse, ListFreeResponse__Output as _ipam_ListFreeResponse__Output } from './ipam/ListFreeResponse.ts';
import type { ListPoolsRequest as _ipam_ListPoolsRequest, ListPoolsRequest__Output as _ipam_ListPoolsRequest__Output } from './ipam/ListPoolsRequest.ts';
import type { ListPoolsResponse as _ipam_ListPoolsResponse, ListPoolsResponse__Output as _ipam_ListPoolsResponse__Output } from './ipam/ListPoolsResponse.ts';
import type { ListResourcesRequest as _ipam_ListResourcesRequest, ListResourcesRequest__Output as _ipam_ListResourcesRequest__Output } from './ipam/ListResourcesRequest.ts';
import type { ListResourcesResponse as _ipam_ListResourcesResponse, ListResourcesResponse__Output as _ipam_ListResourcesResponse__Output } from './ipam/ListResourcesResponse.ts';
import type { LookupRequest as _ipam_LookupRequest, LookupRequest__Output as _ipam_LookupRequest__Output } from './ipam/LookupRequest.ts';
import type { LookupResponse as _ipam_LookupResponse, LookupResponse__Output as _ipam_LookupResponse__Output } from './ipam/LookupResponse.ts';
import type { NodeRecord as _ipam_NodeRecord, NodeRecord__Output as _ipam_NodeRecord__Output } from './ipam/NodeRecord.ts';
import type { NodeStats as _ipam_NodeStats, NodeStats__Output as _ipam_NodeStats__Output } from './ipam/NodeStats.ts';
import type { PastAddress as _ipam_PastAddress, PastAddress__Output as _ipam_PastAddress__Output } from './ipam/PastAddress.ts';
import type { PlaceFill as _ipam_PlaceFill, PlaceFill__Output as _ipam_PlaceFill__Output } from './ipam/PlaceFill.ts';
import type { PlanRefusal as _ipam_PlanRefusal, PlanRefusal__Output as _ipam_PlanRefusal__Output } from './ipam/PlanRefusal.ts';
import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from './ipam/PodName.ts';
import type { Pool as _ipam_Pool, Pool__Output as _ipam_Pool__Output } from './ipam/Pool.ts';
import type { PoolExplanation as _ipam_PoolExplanation, PoolExplanation__Output as _ipam_PoolExplanation__Output } from './ipam/PoolExplanation.ts';
import type { PoolShare as _ipam_PoolShare, PoolShare__Output as _ipam_PoolShare__Output } from './ipam/PoolShare.ts';
import type { PrefixChange as _ipam_PrefixChange, PrefixChange__Output as _ipam_PrefixChange__Output } from './ipam/PrefixChange.ts';
import type { Problem as _ipam_Problem, Problem__Output as _ipam_Problem__Output } from './ipam/Problem.ts';
import type { Prospect as _ipam_Prospect, Prospect__Output as _ipam_Prospect__Output } from './ipam/Prospect.ts';
import type { QuarantineIPRequest as _ipam_QuarantineIPRequest, QuarantineIPRequest__Output as _ipam_QuarantineIPRequest__Output } from './ipam/QuarantineIPRequest.ts';
import type { QuarantineIPResponse as _ipam_QuarantineIPResponse, QuarantineIPResponse__Output as _ipam_QuarantineIPResponse__Output } from './ipam/QuarantineIPResponse.ts';
import type { RefusedTry as _ipam_RefusedTry, RefusedTry__Output as _ipam_RefusedTry__Output } from './ipam/RefusedTry.ts';
import type { RegisterNodesRequest as _ipam_RegisterNodesRequest, RegisterNodesRequest__Output as _ipam_RegisterNodesRequest__Output } from './ipam/RegisterNodesRequest.ts';
import type { RegisterNodesResponse as _ipam_RegisterNodesResponse, RegisterNodesResponse__Output as _ipam_RegisterNodesResponse__Output } from './ipam/RegisterNodesResponse.ts';
import type { RegisteredNode as _ipam_RegisteredNode, RegisteredNode__Output as _ipam_RegisteredNode__Output } from './ipam/RegisteredNode.ts';
import type { ReleaseBlockRequest as _ipam_ReleaseBlockRequest, ReleaseBlockRequest__Output as _ipam_ReleaseBlockRequest__Output } from './ipam/ReleaseBlockRequest.ts';
import type { ReleaseBlockResponse as _ipam_ReleaseBlockResponse, ReleaseBlockResponse__Output as _ipam_ReleaseBlockResponse__Output } from './ipam/ReleaseBlockResponse.ts';
import type { ReleaseIPRequest as _ipam_ReleaseIPRequest, ReleaseIPRequest__Output as _ipam_ReleaseIPRequest__Output } from './ipam/ReleaseIPRequest.ts';
import type { ReleaseIPResponse as _ipam_ReleaseIPResponse, ReleaseIPResponse__Output as _ipam_ReleaseIPResponse__Output } from './ipam/ReleaseIPResponse.ts';
import type { ReleaseIPsRequest as _ipam_ReleaseIPsRequest, ReleaseIPsRequest__Output as _ipam_ReleaseIPsRequest__Output } from './ipam/ReleaseIPsRequest.ts';
import type { ReleaseIPsResponse as _ipam_ReleaseIPsResponse, ReleaseIPsResponse__Output as _ipam_ReleaseIPsResponse__Output } from './ipam/ReleaseIPsResponse.ts';
import type { ReleaseIdentityRequest as _ipam_ReleaseIdentityRequest, ReleaseIdentityRequest__Output as _ipam_ReleaseIdentityRequest__Output } from './ipam/ReleaseIdentityRequest.ts';
import type { ReleaseIdentityResponse as _ipam_ReleaseIdentityResponse, ReleaseIdentityResponse__Output as _ipam_ReleaseIdentityResponse__Output } from './ipam/ReleaseIdentityResponse.ts';
import type { Repair as _ipam_Repair, Repair__Output as _ipam_Repair__Output } from './ipam/Repair.ts';
import type { RepairRequest as _ipam_RepairRequest, RepairRequest__Output as _ipam_RepairRequest__Output } from './ipam/RepairRequest.ts';
import type { RepairResponse as _ipam_RepairResponse, RepairResponse__Output as _ipam_RepairResponse__Output } from './ipam/RepairResponse.ts';
import type { ResourceEvent as _ipam_ResourceEvent, ResourceEvent__Output as _ipam_ResourceEvent__Output } from './ipam/ResourceEvent.ts';
import type { ResourceKey as _ipam_ResourceKey, ResourceKey__Output as _ipam_ResourceKey__Output } from './ipam/ResourceKey.ts';
import type { ResourceText as _ipam_ResourceText, ResourceText__Output as _ipam_ResourceText__Output } from './ipam/ResourceText.ts';
import type { ResourcesClient as _ipam_ResourcesClient, ResourcesDefinition as _ipam_ResourcesDefinition } from './ipam/Resources.ts';
import type { Route as _ipam_Route, Route__Output as _ipam_Route__Output } from './ipam/Route.ts';
import type { RouteCount as _ipam_RouteCount, RouteCount__Output as _ipam_RouteCount__Output } from './ipam/RouteCount.ts';
import type { SetIPsRequest as _ipam_SetIPsRequest, SetIPsRequest__Output as _ipam_SetIPsRequest__Output } from './ipam/SetIPsRequest.ts';
import type { SetIPsResponse as _ipam_SetIPsResponse, SetIPsResponse__Output as _ipam_SetIPsResponse__Output } from './ipam/SetIPsResponse.ts';
import type { ShowTopologyRequest as _ipam_ShowTopologyRequest, ShowTopologyRequest__Output as _ipam_ShowTopologyRequest__Output } from './ipam/ShowTopologyRequest.ts';
import type { ShowTopologyResponse as _ipam_ShowTopologyResponse, ShowTopologyResponse__Output as _ipam_ShowTopologyResponse__Output } from './ipam/ShowTopologyResponse.ts';
import type { SubnetFill as _ipam_SubnetFill, SubnetFill__Output as _ipam_SubnetFill__Output } from './ipam/SubnetFill.ts';
import type { Tenure as _ipam_Tenure, Tenure__Output as _ipam_Tenure__Output } from './ipam/Tenure.ts';
import type { TopologyClient as _ipam_TopologyClient, TopologyDefinition as _ipam_TopologyDefinition } from './ipam/Topology.ts';
import type { TopologyPlan as _ipam_TopologyPlan, TopologyPlan__Output as _ipam_TopologyPlan__Output } from './ipam/TopologyPlan.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from './ipam/UnansweredNode.ts';
import type { Violation as _ipam_Violation, Violation__Output as _ipam_Violation__Output } from './ipam/Violation.ts';
import type { WatchAllocationsRequest as _ipam_WatchAllocationsRequest, WatchAllocationsRequest__Output as _ipam_WatchAllocationsRequest__Output } from './ipam/WatchAllocationsRequest.ts';
import type { WatchResourcesRequest as _ipam_WatchResourcesRequest, WatchResourcesRequest__Output as _ipam_WatchResourcesRequest__Output } from './ipam/WatchResourcesRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  ipam: {
    AddressExplanation: MessageTypeDefinition<_ipam_AddressExplanation, _ipam_AddressExplanation__Output>
    AddressState: MessageTypeDefinition<_ipam_AddressState, _ipam_AddressState__Output>
    AllocateBlockRequest: MessageTypeDefinition<_ipam_AllocateBlockRequest, _ipam_AllocateBlockRequest__Output>
    AllocateBlockResponse: MessageTypeDefinition<_ipam_AllocateBlockResponse, _ipam_AllocateBlockResponse__Output>
    AllocateIPRequest: MessageTypeDefinition<_ipam_AllocateIPRequest, _ipam_AllocateIPRequest__Output>
    AllocateIPResponse: MessageTypeDefinition<_ipam_AllocateIPResponse, _ipam_AllocateIPResponse__Output>
    AllocateIPsRequest: MessageTypeDefinition<_ipam_AllocateIPsRequest, _ipam_AllocateIPsRequest__Output>
    AllocateIPsResponse: MessageTypeDefinition<_ipam_AllocateIPsResponse, _ipam_AllocateIPsResponse__Output>
    Allocation: MessageTypeDefinition<_ipam_Allocation, _ipam_Allocation__Output>
    AllocationEvent: MessageTypeDefinition<_ipam_AllocationEvent, _ipam_AllocationEvent__Output>
    ApplyResponse: MessageTypeDefinition<_ipam_ApplyResponse, _ipam_ApplyResponse__Output>
    ApplyTopologyRequest: MessageTypeDefinition<_ipam_ApplyTopologyRequest, _ipam_ApplyTopologyRequest__Output>
    ApplyTopologyResponse: MessageTypeDefinition<_ipam_ApplyTopologyResponse, _ipam_ApplyTopologyResponse__Output>
    AwaitedRelease: MessageTypeDefinition<_ipam_AwaitedRelease, _ipam_AwaitedRelease__Output>
    CheckRequest: MessageTypeDefinition<_ipam_CheckRequest, _ipam_CheckRequest__Output>
    CheckResponse: MessageTypeDefinition<_ipam_CheckResponse, _ipam_CheckResponse__Output>
    CollectGarbageRequest: MessageTypeDefinition<_ipam_CollectGarbageRequest, _ipam_CollectGarbageRequest__Output>
    CollectGarbageResponse: MessageTypeDefinition<_ipam_CollectGarbageResponse, _ipam_CollectGarbageResponse__Output>
    ConsideredPool: MessageTypeDefinition<_ipam_ConsideredPool, _ipam_ConsideredPool__Output>
    DeleteResourceResponse: MessageTypeDefinition<_ipam_DeleteResourceResponse, _ipam_DeleteResourceResponse__Output>
    DrainRequest: MessageTypeDefinition<_ipam_DrainRequest, _ipam_DrainRequest__Output>
    DrainResponse: MessageTypeDefinition<_ipam_DrainResponse, _ipam_DrainResponse__Output>
    DueRelease: MessageTypeDefinition<_ipam_DueRelease, _ipam_DueRelease__Output>
    ExplainRequest: MessageTypeDefinition<_ipam_ExplainRequest, _ipam_ExplainRequest__Output>
    ExplainResponse: MessageTypeDefinition<_ipam_ExplainResponse, _ipam_ExplainResponse__Output>
    FamilyStats: MessageTypeDefinition<_ipam_FamilyStats, _ipam_FamilyStats__Output>
    Fill: MessageTypeDefinition<_ipam_Fill, _ipam_Fill__Output>
    Forecast: MessageTypeDefinition<_ipam_Forecast, _ipam_Forecast__Output>
    ForecastOutlook: MessageTypeDefinition<_ipam_ForecastOutlook, _ipam_ForecastOutlook__Output>
    ForecastRequest: MessageTypeDefinition<_ipam_ForecastRequest, _ipam_ForecastRequest__Output>
    ForecastResponse: MessageTypeDefinition<_ipam_ForecastResponse, _ipam_ForecastResponse__Output>
    ForgetNodeRequest: MessageTypeDefinition<_ipam_ForgetNodeRequest, _ipam_ForgetNodeRequest__Output>
    ForgetNodeResponse: MessageTypeDefinition<_ipam_ForgetNodeResponse, _ipam_ForgetNodeResponse__Output>
    FreePart: MessageTypeDefinition<_ipam_FreePart, _ipam_FreePart__Output>
    GetNodeBlocksRequest: MessageTypeDefinition<_ipam_GetNodeBlocksRequest, _ipam_GetNodeBlocksRequest__Output>
    GetNodeBlocksResponse: MessageTypeDefinition<_ipam_GetNodeBlocksResponse, _ipam_GetNodeBlocksResponse__Output>
    GetPoolStatsRequest: MessageTypeDefinition<_ipam_GetPoolStatsRequest, _ipam_GetPoolStatsRequest__Output>
    GetPoolStatsResponse: MessageTypeDefinition<_ipam_GetPoolStatsResponse, _ipam_GetPoolStatsResponse__Output>
    GetVersionRequest: MessageTypeDefinition<_ipam_GetVersionRequest, _ipam_GetVersionRequest__Output>
    GetVersionResponse: MessageTypeDefinition<_ipam_GetVersionResponse, _ipam_GetVersionResponse__Output>
    HeldAddress: MessageTypeDefinition<_ipam_HeldAddress, _ipam_HeldAddress__Output>
    HistoryEntry: MessageTypeDefinition<_ipam_HistoryEntry, _ipam_HistoryEntry__Output>
    HistoryGap: MessageTypeDefinition<_ipam_HistoryGap, _ipam_HistoryGap__Output>
    HistoryRequest: MessageTypeDefinition<_ipam_HistoryRequest, _ipam_HistoryRequest__Output>
    HistoryResponse: MessageTypeDefinition<_ipam_HistoryResponse, _ipam_HistoryResponse__Output>
    IPAM: SubtypeConstructor<typeof grpc.Client, _ipam_IPAMClient> & { service: _ipam_IPAMDefinition }
    IPBlock: MessageTypeDefinition<_ipam_IPBlock, _ipam_IPBlock__Output>
    IdentityName: MessageTypeDefinition<_ipam_IdentityName, _ipam_IdentityName__Output>
    LiftQuarantineRequest: MessageTypeDefinition<_ipam_LiftQuarantineRequest, _ipam_LiftQuarantineRequest__Output>
    LiftQuarantineResponse: MessageTypeDefinition<_ipam_LiftQuarantineResponse, _ipam_LiftQuarantineResponse__Output>
    ListAllocationsRequest: MessageTypeDefinition<_ipam_ListAllocationsRequest, _ipam_ListAllocationsRequest__Output>
    ListAllocationsResponse: MessageTypeDefinition<_ipam_ListAllocationsResponse, _ipam_ListAllocationsResponse__Output>
    ListFreeRequest: MessageTypeDefinition<_ipam_ListFreeRequest, _ipam_ListFreeRequest__Output>
    ListFreeResponse: MessageTypeDefinition<_ipam_ListFreeResponse, _ipam_ListFreeResponse__Output>
    ListPoolsRequest: MessageTypeDefinition<_ipam_ListPoolsRequest, _ipam_ListPoolsRequest__Output>
    ListPoolsResponse: MessageTypeDefinition<_ipam_ListPoolsResponse, _ipam_ListPoolsResponse__Output>
    ListResourcesRequest: MessageTypeDefinition<_ipam_ListResourcesRequest, _ipam_ListResourcesRequest__Output>
    ListResourcesResponse: MessageTypeDefinition<_ipam_ListResourcesResponse, _ipam_ListResourcesResponse__Output>
    LookupRequest: MessageTypeDefinition<_ipam_LookupRequest, _ipam_LookupRequest__Output>
    LookupResponse: MessageTypeDefinition<_ipam_LookupResponse, _ipam_LookupResponse__Output>
    NodeRecord: MessageTypeDefinition<_ipam_NodeRecord, _ipam_NodeRecord__Output>
    NodeStats: MessageTypeDefinition<_ipam_NodeStats, _ipam_NodeStats__Output>
    PastAddress: MessageTypeDefinition<_ipam_PastAddress, _ipam_PastAddress__Output>
    PlaceFill: MessageTypeDefinition<_ipam_PlaceFill, _ipam_PlaceFill__Output>
    PlanRefusal: MessageTypeDefinition<_ipam_PlanRefusal, _ipam_PlanRefusal__Output>
    PodName: MessageTypeDefinition<_ipam_PodName, _ipam_PodName__Output>
    Pool: MessageTypeDefinition<_ipam_Pool, _ipam_Pool__Output>
    PoolExplanation: MessageTypeDefinition<_ipam_PoolExplanation, _ipam_PoolExplanation__Output>
    PoolShare: MessageTypeDefinition<_ipam_PoolShare, _ipam_PoolShare__Output>
    PrefixChange: MessageTypeDefinition<_ipam_PrefixChange, _ipam_PrefixChange__Output>
    Problem: MessageTypeDefinition<_ipam_Problem, _ipam_Problem__Output>
    Prospect: MessageTypeDefinition<_ipam_Prospect, _ipam_Prospect__Output>
    QuarantineIPRequest: MessageTypeDefinition<_ipam_QuarantineIPRequest, _ipam_QuarantineIPRequest__Output>
    QuarantineIPResponse: MessageTypeDefinition<_ipam_QuarantineIPResponse, _ipam_QuarantineIPResponse__Output>
    RefusedTry: MessageTypeDefinition<_ipam_RefusedTry, _ipam_RefusedTry__Output>
    RegisterNodesRequest: MessageTypeDefinition<_ipam_RegisterNodesRequest, _ipam_RegisterNodesRequest__Output>
    RegisterNodesResponse: MessageTypeDefinition<_ipam_RegisterNodesResponse, _ipam_RegisterNodesResponse__Output>
    RegisteredNode: MessageTypeDefinition<_ipam_RegisteredNode, _ipam_RegisteredNode__Output>
    ReleaseBlockRequest: MessageTypeDefinition<_ipam_ReleaseBlockRequest, _ipam_ReleaseBlockRequest__Output>
    ReleaseBlockResponse: MessageTypeDefinition<_ipam_ReleaseBlockResponse, _ipam_ReleaseBlockResponse__Output>
    ReleaseIPRequest: MessageTypeDefinition<_ipam_ReleaseIPRequest, _ipam_ReleaseIPRequest__Output>
    ReleaseIPResponse: MessageTypeDefinition<_ipam_ReleaseIPResponse, _ipam_ReleaseIPResponse__Output>
    ReleaseIPsRequest: MessageTypeDefinition<_ipam_ReleaseIPsRequest, _ipam_ReleaseIPsRequest__Output>
    ReleaseIPsResponse: MessageTypeDefinition<_ipam_ReleaseIPsResponse, _ipam_ReleaseIPsResponse__Output>
    ReleaseIdentityRequest: MessageTypeDefinition<_ipam_ReleaseIdentityRequest, _ipam_ReleaseIdentityRequest__Output>
    ReleaseIdentityResponse: MessageTypeDefinition<_ipam_ReleaseIdentityResponse, _ipam_ReleaseIdentityResponse__Output>
    Repair: MessageTypeDefinition<_ipam_Repair, _ipam_Repair__Output>
    RepairRequest: MessageTypeDefinition<_ipam_RepairRequest, _ipam_RepairRequest__Output>
    RepairResponse: MessageTypeDefinition<_ipam_RepairResponse, _ipam_RepairResponse__Output>
    ResourceEvent: MessageTypeDefinition<_ipam_ResourceEvent, _ipam_ResourceEvent__Output>
    ResourceKey: MessageTypeDefinition<_ipam_ResourceKey, _ipam_ResourceKey__Output>
    ResourceText: MessageTypeDefinition<_ipam_ResourceText, _ipam_ResourceText__Output>
    Resources: SubtypeConstructor<typeof grpc.Client, _ipam_ResourcesClient> & { service: _ipam_ResourcesDefinition }
    Route: MessageTypeDefinition<_ipam_Route, _ipam_Route__Output>
    RouteCount: MessageTypeDefinition<_ipam_RouteCount, _ipam_RouteCount__Output>
    SetIPsRequest: MessageTypeDefinition<_ipam_SetIPsRequest, _ipam_SetIPsRequest__Output>
    SetIPsResponse: MessageTypeDefinition<_ipam_SetIPsResponse, _ipam_SetIPsResponse__Output>
    ShowTopologyRequest: MessageTypeDefinition<_ipam_ShowTopologyRequest, _ipam_ShowTopologyRequest__Output>
    ShowTopologyResponse: MessageTypeDefinition<_ipam_ShowTopologyResponse, _ipam_ShowTopologyResponse__Output>
    SubnetFill: MessageTypeDefinition<_ipam_SubnetFill, _ipam_SubnetFill__Output>
    Tenure: MessageTypeDefinition<_ipam_Tenure, _ipam_Tenure__Output>
    Topology: SubtypeConstructor<typeof grpc.Client, _ipam_TopologyClient> & { service: _ipam_TopologyDefinition }
    TopologyPlan: MessageTypeDefinition<_ipam_TopologyPlan, _ipam_TopologyPlan__Output>
    UnansweredNode: MessageTypeDefinition<_ipam_UnansweredNode, _ipam_UnansweredNode__Output>
    Violation: MessageTypeDefinition<_ipam_Violation, _ipam_Violation__Output>
    WatchAllocationsRequest: MessageTypeDefinition<_ipam_WatchAllocationsRequest, _ipam_WatchAllocationsRequest__Output>
    WatchResourcesRequest: MessageTypeDefinition<_ipam_WatchResourcesRequest, _ipam_WatchResourcesRequest__Output>
  }
}

