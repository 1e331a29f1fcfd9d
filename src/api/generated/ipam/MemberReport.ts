// Original file: proto/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface MemberReport {
  'name'?: (string);
  'cluster_name'?: (string);
  'cluster_id'?: (string);
  'member_id'?: (string);
  'address'?: (string);
  'daemon_version'?: (string);
  'etcd_version'?: (string);
  'state'?: (string);
  'has_quorum'?: (boolean);
  'leader_id'?: (string);
  'term'?: (number | string | Long);
  'commit_index'?: (number | string | Long);
  'applied_index'?: (number | string | Long);
  'db_size'?: (number | string | Long);
  'db_size_in_use'?: (number | string | Long);
  'alarms'?: (string)[];
  'problem'?: (string);
  'generation'?: (number);
}

export interface MemberReport__Output {
  'name': (string);
  'cluster_name': (string);
  'cluster_id': (string);
  'member_id': (string);
  'address': (string);
  'daemon_version': (string);
  'etcd_version': (string);
  'state': (string);
  'has_quorum': (boolean);
  'leader_id': (string);
  'term': (string);
  'commit_index': (string);
  'applied_index': (string);
  'db_size': (string);
  'db_size_in_use': (string);
  'alarms': (string)[];
  'problem': (string);
  'generation': (number);
}
