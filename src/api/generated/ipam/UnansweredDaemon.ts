// Original file: proto/topology.proto


export interface UnansweredDaemon {
  'node_id'?: (string);
  'reason'?: (string);
}

export interface UnansweredDaemon__Output {
  'node_id': (string);
  'reason': (string);
}
