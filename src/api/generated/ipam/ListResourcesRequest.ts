// Original file: proto/ipam.proto


export interface ListResourcesRequest {
  'kind'?: (string);
}

export interface ListResourcesRequest__Output {
  'kind': (string);
}
