// Original file: proto/ipam.proto


export interface ReleaseIPResponse {
  'success'?: (boolean);
  'message'?: (string);
}

export interface ReleaseIPResponse__Output {
  'success': (boolean);
  'message': (string);
}
