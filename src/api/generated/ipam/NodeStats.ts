// Original file: proto/ipam.proto


export interface NodeStats {
  'node_id'?: (string);
  'blocks'?: (number);
  'total_ips'?: (number);
  'used_ips'?: (number);
  'available_ips'?: (number);
  'total_ips_exact'?: (string);
  'available_ips_exact'?: (string);
}

export interface NodeStats__Output {
  'node_id': (string);
  'blocks': (number);
  'total_ips': (number);
  'used_ips': (number);
  'available_ips': (number);
  'total_ips_exact': (string);
  'available_ips_exact': (string);
}
