import { type BadPod, kubeIpam, subnet } from './bad-pod.ts';

/** Files of kube-ipam's networks. */
export const badNetworks: readonly BadPod[] = [
  {
    what: "the comma too many of kube-ipam's README",
    network: `{
  "cniVersion": "0.3.1", "name": "k8s", "type": "macvlan",
  "ipam": {
    "type": "kube-ipam",
    "subnet": "10.188.0.0/16",
    "routes": [{ "dst": "0.0.0.0/0" }],
  }
}`,
    says: 'the network configuration is not JSON: line 6, column 39: there is a comma too many, before "}"',
  },
  {
    what: 'no subnet',
    network: kubeIpam({ rangeStart: '10.188.0.10' }),
    says: 'network "k8s": ipam.rangeStart 10.188.0.10 needs ipam.subnet',
  },
  {
    what: 'a subnet with host bits',
    network: kubeIpam({ subnet: '10.188.0.1/16' }),
    says: 'network "k8s": ipam.subnet: "10.188.0.1/16" is not a prefix: host bits are set; the network is 10.188.0.0/16 (got "10.188.0.1/16")',
  },
  {
    what: 'an address that is none',
    network: kubeIpam({ ...subnet, rangeStart: '10.188.0' }),
    says: 'network "k8s": ipam.rangeStart: "10.188.0" is not an IP address: 3 octets where 4 belong (got "10.188.0")',
  },
  {
    what: 'a range outside of its subnet',
    network: kubeIpam({ ...subnet, rangeEnd: '10.189.0.9' }),
    says: 'network "k8s": ranges[0][0]: rangeEnd 10.189.0.9 is outside subnet 10.188.0.0/16',
  },
  {
    what: 'a range that ends before it begins',
    network: kubeIpam({ ...subnet, rangeStart: '10.188.0.9', rangeEnd: '10.188.0.8' }),
    says: 'network "k8s": ranges[0][0]: rangeStart is above rangeEnd (10.188.0.9-10.188.0.8)',
  },
  {
    what: 'fixed addresses with no end',
    network: kubeIpam({ ...subnet, fixedStart: '10.188.0.9' }),
    says: 'network "k8s": ranges[0][0]: fixedStart stands alone: fixedStart and fixedEnd belong together',
  },
  {
    what: 'fixed addresses that end before they begin',
    network: kubeIpam({ ...subnet, fixedStart: '10.188.0.9', fixedEnd: '10.188.0.8' }),
    says: 'network "k8s": ranges[0][0]: fixedStart is above fixedEnd (10.188.0.9-10.188.0.8)',
  },
  {
    what: 'fixed addresses of the other family',
    network: kubeIpam({ ...subnet, fixedStart: 'fd00::1', fixedEnd: 'fd00::9' }),
    says: 'network "k8s": ranges[0][0]: fixedStart fd00::1 is an IPv6 address, subnet 10.188.0.0/16 is IPv4',
  },
  {
    what: 'a gateway of the other family',
    network: kubeIpam({ ...subnet, gateway: 'fd00::1' }),
    says: 'network "k8s": ranges[0][0]: gateway fd00::1 is an IPv6 address, subnet 10.188.0.0/16 is IPv4',
  },
  {
    what: 'etcdConfig that is a text',
    network: kubeIpam({ ...subnet, etcdConfig: 'https://e:2379' }),
    says: 'network "k8s": ipam.etcdConfig: must be an object (got "https://e:2379")',
  },
  {
    what: 'a key of before kube-ipam 0.2',
    network: kubeIpam({ ...subnet, fixedSubnet: '10.188.1.0/24' }),
    says: 'network "k8s": unsupported ipam.fixedSubnet = "10.188.1.0/24"',
    advice:
      "fixedSubnet: kube-ipam's key of before 0.2: write ranges with fixedStart and fixedEnd; known keys: type, name, routes, resolvConf, dns, daemonSocket, clusterCIDR, nodeBlockSize, purpose, pools, families, ranges, network_name, subnet, rangeStart, rangeEnd, fixedStart, fixedEnd, gateway, dataDir, kubeConfig, etcdConfig, gateway2, default_ipv4_ippool, default_ipv6_ippool, clean_gateway, ipam_unix_socket_path, match_master_subnet, log_level, log_file_path, log_file_max_size, log_file_max_age, log_file_max_count",
  },
  {
    what: 'a key that is misspelt',
    network: kubeIpam({ ...subnet, rangStart: '10.188.0.9' }),
    says: 'network "k8s": unsupported ipam.rangStart = "10.188.0.9"',
    advice:
      'rangStart: is rangeStart meant?; known keys: type, name, routes, resolvConf, dns, daemonSocket, clusterCIDR, nodeBlockSize, purpose, pools, families, ranges, network_name, subnet, rangeStart, rangeEnd, fixedStart, fixedEnd, gateway, dataDir, kubeConfig, etcdConfig, gateway2, default_ipv4_ippool, default_ipv6_ippool, clean_gateway, ipam_unix_socket_path, match_master_subnet, log_level, log_file_path, log_file_max_size, log_file_max_age, log_file_max_count',
  },
  {
    what: 'resolvConf that is no path',
    network: kubeIpam({ ...subnet, resolvConf: 'resolv.conf' }),
    says: 'network "k8s": ipam.resolvConf: not an absolute path (got "resolv.conf")',
  },
  {
    what: 'a route to nowhere',
    network: kubeIpam({ ...subnet, routes: [{ dst: 'default' }] }),
    says: 'network "k8s": ipam.routes.0.dst: "default" is not a prefix: no "/length" follows the address (got "default")',
  },
];
