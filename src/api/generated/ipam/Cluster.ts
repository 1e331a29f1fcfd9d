// Original file: proto/cluster.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddMemberRequest as _ipam_AddMemberRequest, AddMemberRequest__Output as _ipam_AddMemberRequest__Output } from '../ipam/AddMemberRequest.ts';
import type { DefragmentRequest as _ipam_DefragmentRequest, DefragmentRequest__Output as _ipam_DefragmentRequest__Output } from '../ipam/DefragmentRequest.ts';
import type { DefragmentResponse as _ipam_DefragmentResponse, DefragmentResponse__Output as _ipam_DefragmentResponse__Output } from '../ipam/DefragmentResponse.ts';
import type { IdentifyRequest as _ipam_IdentifyRequest, IdentifyRequest__Output as _ipam_IdentifyRequest__Output } from '../ipam/IdentifyRequest.ts';
import type { JoinRequest as _ipam_JoinRequest, JoinRequest__Output as _ipam_JoinRequest__Output } from '../ipam/JoinRequest.ts';
import type { JoinResponse as _ipam_JoinResponse, JoinResponse__Output as _ipam_JoinResponse__Output } from '../ipam/JoinResponse.ts';
import type { ListMembersRequest as _ipam_ListMembersRequest, ListMembersRequest__Output as _ipam_ListMembersRequest__Output } from '../ipam/ListMembersRequest.ts';
import type { ListMembersResponse as _ipam_ListMembersResponse, ListMembersResponse__Output as _ipam_ListMembersResponse__Output } from '../ipam/ListMembersResponse.ts';
import type { Member as _ipam_Member, Member__Output as _ipam_Member__Output } from '../ipam/Member.ts';
import type { MemberReport as _ipam_MemberReport, MemberReport__Output as _ipam_MemberReport__Output } from '../ipam/MemberReport.ts';
import type { MoveLeaderRequest as _ipam_MoveLeaderRequest, MoveLeaderRequest__Output as _ipam_MoveLeaderRequest__Output } from '../ipam/MoveLeaderRequest.ts';
import type { PromoteMemberRequest as _ipam_PromoteMemberRequest, PromoteMemberRequest__Output as _ipam_PromoteMemberRequest__Output } from '../ipam/PromoteMemberRequest.ts';
import type { RemoveMemberRequest as _ipam_RemoveMemberRequest, RemoveMemberRequest__Output as _ipam_RemoveMemberRequest__Output } from '../ipam/RemoveMemberRequest.ts';
import type { SnapshotPart as _ipam_SnapshotPart, SnapshotPart__Output as _ipam_SnapshotPart__Output } from '../ipam/SnapshotPart.ts';
import type { SnapshotRequest as _ipam_SnapshotRequest, SnapshotRequest__Output as _ipam_SnapshotRequest__Output } from '../ipam/SnapshotRequest.ts';

export interface ClusterClient extends grpc.Client {
  AddMember(argument: _ipam_AddMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _ipam_AddMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _ipam_AddMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _ipam_AddMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _ipam_AddMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _ipam_AddMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _ipam_AddMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _ipam_AddMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  
  Defragment(argument: _ipam_DefragmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  Defragment(argument: _ipam_DefragmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  Defragment(argument: _ipam_DefragmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  Defragment(argument: _ipam_DefragmentRequest, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  defragment(argument: _ipam_DefragmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  defragment(argument: _ipam_DefragmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  defragment(argument: _ipam_DefragmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  defragment(argument: _ipam_DefragmentRequest, callback: grpc.requestCallback<_ipam_DefragmentResponse__Output>): grpc.ClientUnaryCall;
  
  Identify(argument: _ipam_IdentifyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  Identify(argument: _ipam_IdentifyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  Identify(argument: _ipam_IdentifyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  Identify(argument: _ipam_IdentifyRequest, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  identify(argument: _ipam_IdentifyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  identify(argument: _ipam_IdentifyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  identify(argument: _ipam_IdentifyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  identify(argument: _ipam_IdentifyRequest, callback: grpc.requestCallback<_ipam_MemberReport__Output>): grpc.ClientUnaryCall;
  
  Join(argument: _ipam_JoinRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _ipam_JoinRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _ipam_JoinRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _ipam_JoinRequest, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _ipam_JoinRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _ipam_JoinRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _ipam_JoinRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _ipam_JoinRequest, callback: grpc.requestCallback<_ipam_JoinResponse__Output>): grpc.ClientUnaryCall;
  
  ListMembers(argument: _ipam_ListMembersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _ipam_ListMembersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _ipam_ListMembersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _ipam_ListMembersRequest, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _ipam_ListMembersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _ipam_ListMembersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _ipam_ListMembersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _ipam_ListMembersRequest, callback: grpc.requestCallback<_ipam_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  
  MoveLeader(argument: _ipam_MoveLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _ipam_MoveLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _ipam_MoveLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _ipam_MoveLeaderRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _ipam_MoveLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _ipam_MoveLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _ipam_MoveLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _ipam_MoveLeaderRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  
  PromoteMember(argument: _ipam_PromoteMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  PromoteMember(argument: _ipam_PromoteMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  PromoteMember(argument: _ipam_PromoteMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  PromoteMember(argument: _ipam_PromoteMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  promoteMember(argument: _ipam_PromoteMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  promoteMember(argument: _ipam_PromoteMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  promoteMember(argument: _ipam_PromoteMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  promoteMember(argument: _ipam_PromoteMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  
  RemoveMember(argument: _ipam_RemoveMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _ipam_RemoveMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _ipam_RemoveMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _ipam_RemoveMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _ipam_RemoveMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _ipam_RemoveMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _ipam_RemoveMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _ipam_RemoveMemberRequest, callback: grpc.requestCallback<_ipam_Member__Output>): grpc.ClientUnaryCall;
  
  Snapshot(argument: _ipam_SnapshotRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_SnapshotPart__Output>;
  Snapshot(argument: _ipam_SnapshotRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_SnapshotPart__Output>;
  snapshot(argument: _ipam_SnapshotRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_SnapshotPart__Output>;
  snapshot(argument: _ipam_SnapshotRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_SnapshotPart__Output>;
  
}

export interface ClusterHandlers extends grpc.UntypedServiceImplementation {
  AddMember: grpc.handleUnaryCall<_ipam_AddMemberRequest__Output, _ipam_Member>;
  
  Defragment: grpc.handleUnaryCall<_ipam_DefragmentRequest__Output, _ipam_DefragmentResponse>;
  
  Identify: grpc.handleUnaryCall<_ipam_IdentifyRequest__Output, _ipam_MemberReport>;
  
  Join: grpc.handleUnaryCall<_ipam_JoinRequest__Output, _ipam_JoinResponse>;
  
  ListMembers: grpc.handleUnaryCall<_ipam_ListMembersRequest__Output, _ipam_ListMembersResponse>;
  
  MoveLeader: grpc.handleUnaryCall<_ipam_MoveLeaderRequest__Output, _ipam_Member>;
  
  PromoteMember: grpc.handleUnaryCall<_ipam_PromoteMemberRequest__Output, _ipam_Member>;
  
  RemoveMember: grpc.handleUnaryCall<_ipam_RemoveMemberRequest__Output, _ipam_Member>;
  
  Snapshot: grpc.handleServerStreamingCall<_ipam_SnapshotRequest__Output, _ipam_SnapshotPart>;
  
}

export interface ClusterDefinition extends grpc.ServiceDefinition {
  AddMember: MethodDefinition<_ipam_AddMemberRequest, _ipam_Member, _ipam_AddMemberRequest__Output, _ipam_Member__Output>
  Defragment: MethodDefinition<_ipam_DefragmentRequest, _ipam_DefragmentResponse, _ipam_DefragmentRequest__Output, _ipam_DefragmentResponse__Output>
  Identify: MethodDefinition<_ipam_IdentifyRequest, _ipam_MemberReport, _ipam_IdentifyRequest__Output, _ipam_MemberReport__Output>
  Join: MethodDefinition<_ipam_JoinRequest, _ipam_JoinResponse, _ipam_JoinRequest__Output, _ipam_JoinResponse__Output>
  ListMembers: MethodDefinition<_ipam_ListMembersRequest, _ipam_ListMembersResponse, _ipam_ListMembersRequest__Output, _ipam_ListMembersResponse__Output>
  MoveLeader: MethodDefinition<_ipam_MoveLeaderRequest, _ipam_Member, _ipam_MoveLeaderRequest__Output, _ipam_Member__Output>
  PromoteMember: MethodDefinition<_ipam_PromoteMemberRequest, _ipam_Member, _ipam_PromoteMemberRequest__Output, _ipam_Member__Output>
  RemoveMember: MethodDefinition<_ipam_RemoveMemberRequest, _ipam_Member, _ipam_RemoveMemberRequest__Output, _ipam_Member__Output>
  Snapshot: MethodDefinition<_ipam_SnapshotRequest, _ipam_SnapshotPart, _ipam_SnapshotRequest__Output, _ipam_SnapshotPart__Output>
}
