// Original file: proto/ipam.proto


export interface ListAllocationsRequest {
  'node_id'?: (string);
  'pool'?: (string);
  'pod_namespace'?: (string);
  'limit'?: (number);
  'continue_token'?: (string);
  'local'?: (boolean);
}

export interface ListAllocationsRequest__Output {
  'node_id': (string);
  'pool': (string);
  'pod_namespace': (string);
  'limit': (number);
  'continue_token': (string);
  'local': (boolean);
}
