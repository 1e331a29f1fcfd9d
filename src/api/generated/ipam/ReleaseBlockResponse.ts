// Original file: proto/ipam.proto


export interface ReleaseBlockResponse {
  'success'?: (boolean);
  'message'?: (string);
}

export interface ReleaseBlockResponse__Output {
  'success': (boolean);
  'message': (string);
}
