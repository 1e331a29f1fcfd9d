// Original file: proto/ipam.proto


export interface SetIPsResponse {
  'message'?: (string);
}

export interface SetIPsResponse__Output {
  'message': (string);
}
