// Original file: proto/cluster.proto


export interface RemoveMemberRequest {
  'member'?: (string);
}

export interface RemoveMemberRequest__Output {
  'member': (string);
}
