// Original file: proto/store.proto

import type { StoreKey as _ipam_StoreKey, StoreKey__Output as _ipam_StoreKey__Output } from '../ipam/StoreKey.ts';

export interface StoreDeleteRequest {
  'key'?: (_ipam_StoreKey | null);
  'resource_version'?: (string);
}

export interface StoreDeleteRequest__Output {
  'key': (_ipam_StoreKey__Output | null);
  'resource_version': (string);
}
