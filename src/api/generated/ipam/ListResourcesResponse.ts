// Original file: proto/ipam.proto


export interface ListResourcesResponse {
  'json'?: (string)[];
  'version'?: (string);
}

export interface ListResourcesResponse__Output {
  'json': (string)[];
  'version': (string);
}
