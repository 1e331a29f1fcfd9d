// Original file: proto/ipam.proto


export interface ReleaseIdentityResponse {
  'released'?: (string)[];
}

export interface ReleaseIdentityResponse__Output {
  'released': (string)[];
}
