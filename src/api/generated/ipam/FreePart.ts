// Original file: proto/ipam.proto


export interface FreePart {
  'ranges'?: (string)[];
  'count'?: (string);
  'block'?: (string);
  'node_id'?: (string);
}

export interface FreePart__Output {
  'ranges': (string)[];
  'count': (string);
  'block': (string);
  'node_id': (string);
}
