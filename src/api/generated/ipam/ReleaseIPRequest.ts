// Original file: proto/ipam.proto


export interface ReleaseIPRequest {
  'node_id'?: (string);
  'ip'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'network'?: (string);
  'only_if_gone'?: (boolean);
  'reason'?: (string);
}

export interface ReleaseIPRequest__Output {
  'node_id': (string);
  'ip': (string);
  'container_id': (string);
  'ifname': (string);
  'network': (string);
  'only_if_gone': (boolean);
  'reason': (string);
}
