// Original file: proto/cluster.proto


export interface MoveLeaderRequest {
  'member'?: (string);
}

export interface MoveLeaderRequest__Output {
  'member': (string);
}
