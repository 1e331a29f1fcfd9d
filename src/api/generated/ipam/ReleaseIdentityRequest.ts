// Original file: proto/ipam.proto

import type { IdentityName as _ipam_IdentityName, IdentityName__Output as _ipam_IdentityName__Output } from '../ipam/IdentityName.ts';
import type { PodName as _ipam_PodName, PodName__Output as _ipam_PodName__Output } from '../ipam/PodName.ts';

export interface ReleaseIdentityRequest {
  'ip'?: (string);
  'identity'?: (_ipam_IdentityName | null);
  'pod'?: (_ipam_PodName | null);
  'subject'?: "ip"|"identity"|"pod";
}

export interface ReleaseIdentityRequest__Output {
  'ip'?: (string);
  'identity'?: (_ipam_IdentityName__Output | null);
  'pod'?: (_ipam_PodName__Output | null);
  'subject'?: "ip"|"identity"|"pod";
}
