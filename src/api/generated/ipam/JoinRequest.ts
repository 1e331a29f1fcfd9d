// Original file: proto/cluster.proto


export interface JoinRequest {
  'name'?: (string);
  'address'?: (string);
  'cluster_name'?: (string);
  'reached_at'?: (string);
  'tls'?: (boolean);
}

export interface JoinRequest__Output {
  'name': (string);
  'address': (string);
  'cluster_name': (string);
  'reached_at': (string);
  'tls': (boolean);
}
