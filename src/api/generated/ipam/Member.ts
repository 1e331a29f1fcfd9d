// Original file: proto/cluster.proto

import type { MemberReport as _ipam_MemberReport, MemberReport__Output as _ipam_MemberReport__Output } from '../ipam/MemberReport.ts';

export interface Member {
  'id'?: (string);
  'name'?: (string);
  'address'?: (string);
  'is_learner'?: (boolean);
  'is_leader'?: (boolean);
  'report'?: (_ipam_MemberReport | null);
  'problem'?: (string);
}

export interface Member__Output {
  'id': (string);
  'name': (string);
  'address': (string);
  'is_learner': (boolean);
  'is_leader': (boolean);
  'report': (_ipam_MemberReport__Output | null);
  'problem': (string);
}
