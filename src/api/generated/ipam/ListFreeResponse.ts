// Original file: proto/ipam.proto

import type { FreePart as _ipam_FreePart, FreePart__Output as _ipam_FreePart__Output } from '../ipam/FreePart.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ListFreeResponse {
  'parts'?: (_ipam_FreePart)[];
  'count'?: (string);
  'unknown'?: (string);
  'cooling_down'?: (number);
  'closed'?: (string);
  'next'?: (string)[];
  'afterwards'?: (string);
  'node_id'?: (string);
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ListFreeResponse__Output {
  'parts': (_ipam_FreePart__Output)[];
  'count': (string);
  'unknown': (string);
  'cooling_down': (number);
  'closed': (string);
  'next': (string)[];
  'afterwards': (string);
  'node_id': (string);
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
