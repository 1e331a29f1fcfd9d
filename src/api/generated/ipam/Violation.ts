// Original file: proto/ipam.proto


export interface Violation {
  'invariant'?: (number);
  'subject'?: (string);
  'message'?: (string);
  'repair'?: (string);
  'node_id'?: (string);
}

export interface Violation__Output {
  'invariant': (number);
  'subject': (string);
  'message': (string);
  'repair': (string);
  'node_id': (string);
}
