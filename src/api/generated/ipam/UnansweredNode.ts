// Original file: proto/ipam.proto


export interface UnansweredNode {
  'node_id'?: (string);
  'reason'?: (string);
}

export interface UnansweredNode__Output {
  'node_id': (string);
  'reason': (string);
}
