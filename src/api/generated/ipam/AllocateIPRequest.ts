// Original file: proto/ipam.proto


export interface AllocateIPRequest {
  'node_id'?: (string);
  'pod_name'?: (string);
  'pod_namespace'?: (string);
  'container_id'?: (string);
  'ifname'?: (string);
  'network'?: (string);
  'pod_uid'?: (string);
  'pools'?: (string)[];
  'ips'?: (string)[];
  'families'?: (number)[];
  'identity'?: (string);
  'keep'?: (string);
}

export interface AllocateIPRequest__Output {
  'node_id': (string);
  'pod_name': (string);
  'pod_namespace': (string);
  'container_id': (string);
  'ifname': (string);
  'network': (string);
  'pod_uid': (string);
  'pools': (string)[];
  'ips': (string)[];
  'families': (number)[];
  'identity': (string);
  'keep': (string);
}
