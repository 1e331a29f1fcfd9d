// Original file: proto/ipam.proto

import type { ReleaseIPResponse as _ipam_ReleaseIPResponse, ReleaseIPResponse__Output as _ipam_ReleaseIPResponse__Output } from '../ipam/ReleaseIPResponse.ts';
import type { Problem as _ipam_Problem, Problem__Output as _ipam_Problem__Output } from '../ipam/Problem.ts';

export interface _ipam_ReleaseIPsResponse_Outcome {
  'release'?: (_ipam_ReleaseIPResponse | null);
  'problem'?: (_ipam_Problem | null);
}

export interface _ipam_ReleaseIPsResponse_Outcome__Output {
  'release': (_ipam_ReleaseIPResponse__Output | null);
  'problem': (_ipam_Problem__Output | null);
}

export interface ReleaseIPsResponse {
  'outcomes'?: (_ipam_ReleaseIPsResponse_Outcome)[];
}

export interface ReleaseIPsResponse__Output {
  'outcomes': (_ipam_ReleaseIPsResponse_Outcome__Output)[];
}
