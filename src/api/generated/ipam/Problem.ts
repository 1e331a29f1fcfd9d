// Original file: proto/ipam.proto


export interface Problem {
  'code'?: (string);
  'message'?: (string);
  'advice'?: (string);
}

export interface Problem__Output {
  'code': (string);
  'message': (string);
  'advice': (string);
}
