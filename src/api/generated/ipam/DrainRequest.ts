// Original file: proto/ipam.proto


export interface DrainRequest {
  'node_id'?: (string);
  'undo'?: (boolean);
  'reason'?: (string);
}

export interface DrainRequest__Output {
  'node_id': (string);
  'undo': (boolean);
  'reason': (string);
}
