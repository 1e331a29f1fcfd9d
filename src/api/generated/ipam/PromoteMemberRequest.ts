// Original file: proto/cluster.proto


export interface PromoteMemberRequest {
  'member'?: (string);
}

export interface PromoteMemberRequest__Output {
  'member': (string);
}
