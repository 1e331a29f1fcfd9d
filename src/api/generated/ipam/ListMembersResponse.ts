// Original file: proto/cluster.proto

import type { Member as _ipam_Member, Member__Output as _ipam_Member__Output } from '../ipam/Member.ts';

export interface ListMembersResponse {
  'cluster_id'?: (string);
  'cluster_name'?: (string);
  'has_quorum'?: (boolean);
  'members'?: (_ipam_Member)[];
}

export interface ListMembersResponse__Output {
  'cluster_id': (string);
  'cluster_name': (string);
  'has_quorum': (boolean);
  'members': (_ipam_Member__Output)[];
}
