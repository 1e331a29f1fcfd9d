// Original file: proto/ipam.proto


export interface GetVersionResponse {
  'version'?: (string);
  'node_id'?: (string);
}

export interface GetVersionResponse__Output {
  'version': (string);
  'node_id': (string);
}
