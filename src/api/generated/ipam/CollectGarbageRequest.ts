// Original file: proto/ipam.proto


export interface CollectGarbageRequest {
  'local'?: (boolean);
}

export interface CollectGarbageRequest__Output {
  'local': (boolean);
}
