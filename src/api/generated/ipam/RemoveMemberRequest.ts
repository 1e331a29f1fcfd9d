// Original file: proto/cluster.proto


export interface RemoveMemberRequest {
  'member'?: (string);
  'force'?: (boolean);
}

export interface RemoveMemberRequest__Output {
  'member': (string);
  'force': (boolean);
}
