// Original file: proto/ipam.proto

import type { Violation as _ipam_Violation, Violation__Output as _ipam_Violation__Output } from '../ipam/Violation.ts';

export interface Repair {
  'id'?: (string);
  'found'?: (_ipam_Violation | null);
  'action'?: (string);
  'undo'?: (string);
  'refused'?: (string);
  'outcome'?: (string);
  'message'?: (string);
}

export interface Repair__Output {
  'id': (string);
  'found': (_ipam_Violation__Output | null);
  'action': (string);
  'undo': (string);
  'refused': (string);
  'outcome': (string);
  'message': (string);
}
