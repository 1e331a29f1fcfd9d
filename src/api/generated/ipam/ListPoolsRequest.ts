// Original file: proto/ipam.proto


export interface ListPoolsRequest {
  'local'?: (boolean);
}

export interface ListPoolsRequest__Output {
  'local': (boolean);
}
