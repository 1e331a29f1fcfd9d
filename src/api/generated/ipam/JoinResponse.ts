// Original file: proto/cluster.proto


export interface JoinResponse {
  'cluster_id'?: (string);
  'cluster_name'?: (string);
  'member_id'?: (string);
  'initial_cluster'?: (string);
  'addresses'?: (string)[];
  'generation'?: (number);
}

export interface JoinResponse__Output {
  'cluster_id': (string);
  'cluster_name': (string);
  'member_id': (string);
  'initial_cluster': (string);
  'addresses': (string)[];
  'generation': (number);
}
