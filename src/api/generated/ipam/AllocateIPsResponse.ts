// Original file: proto/ipam.proto

import type { AllocateIPResponse as _ipam_AllocateIPResponse, AllocateIPResponse__Output as _ipam_AllocateIPResponse__Output } from '../ipam/AllocateIPResponse.ts';
import type { Problem as _ipam_Problem, Problem__Output as _ipam_Problem__Output } from '../ipam/Problem.ts';

export interface _ipam_AllocateIPsResponse_Outcome {
  'allocation'?: (_ipam_AllocateIPResponse | null);
  'problem'?: (_ipam_Problem | null);
}

export interface _ipam_AllocateIPsResponse_Outcome__Output {
  'allocation': (_ipam_AllocateIPResponse__Output | null);
  'problem': (_ipam_Problem__Output | null);
}

export interface AllocateIPsResponse {
  'outcomes'?: (_ipam_AllocateIPsResponse_Outcome)[];
}

export interface AllocateIPsResponse__Output {
  'outcomes': (_ipam_AllocateIPsResponse_Outcome__Output)[];
}
