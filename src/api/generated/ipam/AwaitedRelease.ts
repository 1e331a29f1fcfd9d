// Original file: proto/ipam.proto


export interface AwaitedRelease {
  'subject'?: (string);
  'message'?: (string);
  'until'?: (string);
  'node_id'?: (string);
}

export interface AwaitedRelease__Output {
  'subject': (string);
  'message': (string);
  'until': (string);
  'node_id': (string);
}
