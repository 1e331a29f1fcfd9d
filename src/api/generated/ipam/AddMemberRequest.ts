// Original file: proto/cluster.proto


export interface AddMemberRequest {
  'name'?: (string);
  'address'?: (string);
}

export interface AddMemberRequest__Output {
  'name': (string);
  'address': (string);
}
