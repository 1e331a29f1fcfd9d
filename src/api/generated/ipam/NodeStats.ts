// Original file: proto/ipam.proto

import type { FamilyStats as _ipam_FamilyStats, FamilyStats__Output as _ipam_FamilyStats__Output } from '../ipam/FamilyStats.ts';

export interface NodeStats {
  'node_id'?: (string);
  'blocks'?: (number);
  'total_ips'?: (number);
  'used_ips'?: (number);
  'available_ips'?: (number);
  'total_ips_exact'?: (string);
  'available_ips_exact'?: (string);
  'families'?: (_ipam_FamilyStats)[];
}

export interface NodeStats__Output {
  'node_id': (string);
  'blocks': (number);
  'total_ips': (number);
  'used_ips': (number);
  'available_ips': (number);
  'total_ips_exact': (string);
  'available_ips_exact': (string);
  'families': (_ipam_FamilyStats__Output)[];
}
