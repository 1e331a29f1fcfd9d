import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddMemberRequest as _ipam_AddMemberRequest, AddMemberRequest__Output as _ipam_AddMemberRequest__Output } from './ipam/AddMemberRequest.ts';
import type { ClusterClient as _ipam_ClusterClient, ClusterDefinition as _ipam_ClusterDefinition } from './ipam/Cluster.ts';
import type { DefragmentRequest as _ipam_DefragmentRequest, DefragmentRequest__Output as _ipam_DefragmentRequest__Output } from './ipam/DefragmentRequest.ts';
import type { DefragmentResponse as _ipam_DefragmentResponse, DefragmentResponse__Output as _ipam_DefragmentResponse__Output } from './ipam/DefragmentResponse.ts';
import type { IdentifyRequest as _ipam_IdentifyRequest, IdentifyRequest__Output as _ipam_IdentifyRequest__Output } from './ipam/IdentifyRequest.ts';
import type { JoinRequest as _ipam_JoinRequest, JoinRequest__Output as _ipam_JoinRequest__Output } from './ipam/JoinRequest.ts';
import type { JoinResponse as _ipam_JoinResponse, JoinResponse__Output as _ipam_JoinResponse__Output } from './ipam/JoinResponse.ts';
import type { ListMembersRequest as _ipam_ListMembersRequest, ListMembersRequest__Output as _ipam_ListMembersRequest__Output } from './ipam/ListMembersRequest.ts';
import type { ListMembersResponse as _ipam_ListMembersResponse, ListMembersResponse__Output as _ipam_ListMembersResponse__Output } from './ipam/ListMembersResponse.ts';
import type { Member as _ipam_Member, Member__Output as _ipam_Member__Output } from './ipam/Member.ts';
import type { MemberReport as _ipam_MemberReport, MemberReport__Output as _ipam_MemberReport__Output } from './ipam/MemberReport.ts';
import type { MoveLeaderRequest as _ipam_MoveLeaderRequest, MoveLeaderRequest__Output as _ipam_MoveLeaderRequest__Output } from './ipam/MoveLeaderRequest.ts';
import type { PromoteMemberRequest as _ipam_PromoteMemberRequest, PromoteMemberRequest__Output as _ipam_PromoteMemberRequest__Output } from './ipam/PromoteMemberRequest.ts';
import type { RemoveMemberRequest as _ipam_RemoveMemberRequest, RemoveMemberRequest__Output as _ipam_RemoveMemberRequest__Output } from './ipam/RemoveMemberRequest.ts';
import type { SnapshotPart as _ipam_SnapshotPart, SnapshotPart__Output as _ipam_SnapshotPart__Output } from './ipam/SnapshotPart.ts';
import type { SnapshotRequest as _ipam_SnapshotRequest, SnapshotRequest__Output as _ipam_SnapshotRequest__Output } from './ipam/SnapshotRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  ipam: {
    AddMemberRequest: MessageTypeDefinition<_ipam_AddMemberRequest, _ipam_AddMemberRequest__Output>
    Cluster: SubtypeConstructor<typeof grpc.Client, _ipam_ClusterClient> & { service: _ipam_ClusterDefinition }
    DefragmentRequest: MessageTypeDefinition<_ipam_DefragmentRequest, _ipam_DefragmentRequest__Output>
    DefragmentResponse: MessageTypeDefinition<_ipam_DefragmentResponse, _ipam_DefragmentResponse__Output>
    IdentifyRequest: MessageTypeDefinition<_ipam_IdentifyRequest, _ipam_IdentifyRequest__Output>
    JoinRequest: MessageTypeDefinition<_ipam_JoinRequest, _ipam_JoinRequest__Output>
    JoinResponse: MessageTypeDefinition<_ipam_JoinResponse, _ipam_JoinResponse__Output>
    ListMembersRequest: MessageTypeDefinition<_ipam_ListMembersRequest, _ipam_ListMembersRequest__Output>
    ListMembersResponse: MessageTypeDefinition<_ipam_ListMembersResponse, _ipam_ListMembersResponse__Output>
    Member: MessageTypeDefinition<_ipam_Member, _ipam_Member__Output>
    MemberReport: MessageTypeDefinition<_ipam_MemberReport, _ipam_MemberReport__Output>
    MoveLeaderRequest: MessageTypeDefinition<_ipam_MoveLeaderRequest, _ipam_MoveLeaderRequest__Output>
    PromoteMemberRequest: MessageTypeDefinition<_ipam_PromoteMemberRequest, _ipam_PromoteMemberRequest__Output>
    RemoveMemberRequest: MessageTypeDefinition<_ipam_RemoveMemberRequest, _ipam_RemoveMemberRequest__Output>
    SnapshotPart: MessageTypeDefinition<_ipam_SnapshotPart, _ipam_SnapshotPart__Output>
    SnapshotRequest: MessageTypeDefinition<_ipam_SnapshotRequest, _ipam_SnapshotRequest__Output>
  }
}

