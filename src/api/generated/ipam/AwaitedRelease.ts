// Original file: proto/ipam.proto


export interface AwaitedRelease {
  'subject'?: (string);
  'message'?: (string);
  'until'?: (string);
}

export interface AwaitedRelease__Output {
  'subject': (string);
  'message': (string);
  'until': (string);
}
