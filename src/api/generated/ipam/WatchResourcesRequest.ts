// Original file: proto/ipam.proto


export interface WatchResourcesRequest {
  'kind'?: (string);
  'from_version'?: (string);
}

export interface WatchResourcesRequest__Output {
  'kind': (string);
  'from_version': (string);
}
