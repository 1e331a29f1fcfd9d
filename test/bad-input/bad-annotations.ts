import { type BadPod, kubeIpam, subnet } from './bad-pod.ts';

const ip = 'kube-ipam.ip';
const netmask = 'kube-ipam.netmask';
const gateway = 'kube-ipam.gateway';
const calico = 'cni.projectcalico.org/ipAddrs';
const count = 'ipam.spidernet.io/ippool-ip-number';
const reclaim = 'ipam.spidernet.io/ippool-reclaim';
const ofSubnet = 'ipam.spidernet.io/subnet';
const ofSubnets = 'ipam.spidernet.io/subnets';
const office = { [ofSubnet]: '{"ipv4": ["office"]}' };

/** Annotations by which a Pod asks for addresses of its own, or its application for a pool. */
export const badAnnotations: readonly BadPod[] = [
  {
    what: 'an address that is none',
    annotations: { [ip]: '10.6.0.256' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": "10.6.0.256" is not an IP address: octet 256 is over 255',
    advice: 'the form is "10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  },
  {
    what: 'no address',
    annotations: { [ip]: '' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": it names no address',
    advice: 'the form is "10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  },
  {
    what: 'a comma too many',
    annotations: { [ip]: '10.6.0.20,' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": there is a comma with no address beside it',
    advice: 'the form is "10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  },
  {
    what: 'a range that goes down',
    annotations: { [ip]: '10.6.0.29-10.6.0.20' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": "10.6.0.29-10.6.0.20" is not a range: its first address is above its last',
    advice: 'the form is "10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  },
  {
    what: 'an address twice',
    annotations: { [ip]: '10.6.0.20,10.6.0.20' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": 10.6.0.20 and 10.6.0.20 have addresses in common',
    advice: 'the form is "10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  },
  {
    what: 'more addresses than anybody needs',
    annotations: { [ip]: '10.0.0.0/16' },
    says: 'annotation kube-ipam.ip of Pod "shop/lone": it names 65536 addresses, more than 4096',
    advice: 'make a SpiderIPPool of them, and name that',
  },
  {
    what: 'a netmask alone',
    annotations: { [netmask]: '255.255.255.0' },
    says: 'annotation kube-ipam.netmask of Pod "shop/lone": it means nothing without kube-ipam.ip',
    advice: 'add kube-ipam.ip, or leave it out',
  },
  {
    what: 'a netmask with a hole',
    annotations: { [ip]: '10.6.0.20', [netmask]: '255.0.255.0' },
    says: 'annotation kube-ipam.netmask of Pod "shop/lone": 255.0.255.0 is no netmask',
    advice: 'the form is "255.255.0.0"',
  },
  {
    what: "a netmask that is not the pool's",
    annotations: { [ip]: '10.6.0.20', [netmask]: '255.255.0.0' },
    says: 'no IPv4 pool to allocate from: "blocks" is not a default pool; "few" is not a default pool; "blue" has subnet 10.6.0.0/24, and 10.6.0.20 is asked for with /16 (annotation kube-ipam.ip of Pod "shop/lone")',
    advice:
      'pool "blocks": is not a default pool\npool "few": is not a default pool\npool "blue": has subnet 10.6.0.0/24, and 10.6.0.20 is asked for with /16 (annotation kube-ipam.ip of Pod "shop/lone")\ncreate a pool with ipam-cli apply -f, set spec.default: true on one, or name one in the network configuration',
  },
  {
    what: 'a gateway of elsewhere',
    annotations: { [ip]: '10.6.0.20', [gateway]: '10.7.0.1' },
    says: 'no IPv4 pool to allocate from: "blocks" is not a default pool; "few" is not a default pool; "blue" has subnet 10.6.0.0/24, which has no gateway 10.7.0.1 (annotation kube-ipam.ip of Pod "shop/lone")',
    advice:
      'pool "blocks": is not a default pool\npool "few": is not a default pool\npool "blue": has subnet 10.6.0.0/24, which has no gateway 10.7.0.1 (annotation kube-ipam.ip of Pod "shop/lone")\ncreate a pool with ipam-cli apply -f, set spec.default: true on one, or name one in the network configuration',
  },
  {
    what: 'a gateway that a Pod is to have',
    annotations: { [ip]: '10.6.0.20', [gateway]: '10.6.0.20' },
    says: 'annotation kube-ipam.gateway of Pod "shop/lone": 10.6.0.20 is among the addresses of kube-ipam.ip',
    advice: 'the form is "10.188.0.1"',
  },
  {
    what: 'an annotation that kube-ipam has not',
    annotations: { 'kube-ipam.ips': '10.6.0.20' },
    says: 'Pod "shop/lone": annotation kube-ipam.ips: kube-ipam has no such annotation',
    advice: 'it has kube-ipam.ip, kube-ipam.netmask, kube-ipam.gateway',
  },
  {
    what: 'an address outside of every subnet',
    annotations: { [ip]: '10.99.0.9' },
    says: 'requested address 10.99.0.9 is in none of the pools: "blue" 10.6.0.0/24 (annotation kube-ipam.ip of Pod "shop/lone")',
  },
  {
    what: "an address outside of its network's subnet",
    annotations: { [ip]: '10.6.0.20' },
    network: kubeIpam(subnet),
    says: 'requested address 10.6.0.20 is in none of the pools: range 10.188.0.2-10.188.255.254 of network "k8s" 10.188.0.0/16 (annotation kube-ipam.ip of Pod "shop/lone")',
  },
  {
    what: 'an address in none of the ranges',
    annotations: { [ip]: '10.6.0.200' },
    says: 'address 10.6.0.200 of pool "blue" is never given out: it is in none of its ranges (spec.ips) (annotation kube-ipam.ip of Pod "shop/lone")',
    advice: 'list it in spec.ips, or in spec.fixedIPs for those only who ask for it',
  },
  {
    what: 'the gateway',
    annotations: { [ip]: '10.6.0.1' },
    says: 'address 10.6.0.1 of pool "blue" is never given out: it is its gateway (annotation kube-ipam.ip of Pod "shop/lone")',
  },
  {
    what: 'a reserved address',
    annotations: { [ip]: '10.6.0.90' },
    says: 'address 10.6.0.90 of pool "blue" is never given out: it is reserved by SpiderReservedIP "printers" (annotation kube-ipam.ip of Pod "shop/lone")',
  },
  {
    what: 'an address in quarantine',
    annotations: { [ip]: '10.6.0.91' },
    says: 'address 10.6.0.91 of pool "blue" is in quarantine: a camera answers ARP (annotation kube-ipam.ip of Pod "shop/lone")',
    advice: 'find who else uses it, then run ipam-cli lift 10.6.0.91',
  },
  {
    what: "another Pod's address",
    annotations: { [ip]: '10.6.0.42' },
    says: 'address 10.6.0.42 is held by Pod shop/other on node "node1" (annotation kube-ipam.ip of Pod "shop/lone")',
    advice: 'ask for another address, or release this one (ipam-cli lookup shows its holder)',
  },
  {
    what: 'an address that is kept for another application',
    annotations: { [ip]: '10.6.0.43' },
    says: 'address 10.6.0.43 is kept for Pods of Deployment shop/api (eth0), which come again (annotation kube-ipam.ip of Pod "shop/lone")',
    advice: 'ask for another address, or release this one (ipam-cli lookup shows its holder)',
  },
  {
    what: 'a list of which nothing is to be had',
    annotations: { [ip]: '10.6.0.42,10.6.0.90' },
    says: 'no IPv4 address is left of 10.6.0.42, 10.6.0.90 (annotation kube-ipam.ip of Pod "shop/lone"): address 10.6.0.42 is held by Pod shop/other on node "node1"; address 10.6.0.90 of pool "blue" is never given out: it is reserved by SpiderReservedIP "printers"',
    advice: 'ask for another address, or release this one (ipam-cli lookup shows its holder)',
  },
  {
    what: 'an address by two annotations',
    annotations: { [ip]: '10.6.0.20', [calico]: '["10.6.0.20"]' },
    says: 'Pod "shop/lone": Calico and kube-ipam both say which addresses they are',
    advice: 'leave one of them out',
  },
  {
    what: "Calico's list that is no JSON",
    annotations: { [calico]: '10.6.0.20' },
    says: 'annotation cni.projectcalico.org/ipAddrs of Pod "shop/lone": not JSON: line 1, column 1: a value is missing before "10.6.0.20"',
  },
  {
    what: "Calico's list with two of a family",
    annotations: { [calico]: '["10.6.0.20", "10.6.0.21"]' },
    says: 'annotation cni.projectcalico.org/ipAddrs of Pod "shop/lone": an interface gets one address of each IP family',
    advice: 'the form is ["10.0.0.9"] or ["10.0.0.9","fd00::9"]',
  },
  {
    what: "Calico's list with a range",
    annotations: { [calico]: '["10.6.0.20-10.6.0.29"]' },
    says: 'annotation cni.projectcalico.org/ipAddrs of Pod "shop/lone": 0: an address, without a length and no range (got "10.6.0.20-10.6.0.29")',
  },
  {
    what: "Calico's pools",
    annotations: { 'cni.projectcalico.org/ipv4pools': '["blue"]' },
    says: 'Pod "shop/lone": annotation cni.projectcalico.org/ipv4pools: it speaks to the IPAM of another CNI plugin, and this one does not read it',
    advice: 'remove it, and name a SpiderIPPool in ipam.spidernet.io/ippool instead',
  },
  {
    what: 'a subnet that is no JSON',
    annotations: { [ofSubnet]: 'office' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: not JSON: line 1, column 1: a value is missing before "office"',
    advice: 'the form is {"ipv4":["SUBNET"]}',
  },
  {
    what: 'a subnet that is a list',
    annotations: { [ofSubnet]: '["office"]' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: must be an object (got ["office"])',
    advice: 'the form is {"ipv4":["SUBNET"]}',
  },
  {
    what: 'no subnet',
    annotations: { [ofSubnet]: '{}' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: names no subnet: give ipv4, ipv6 or both (got {})',
    advice: 'the form is {"ipv4":["SUBNET"]}',
  },
  {
    what: 'a pattern of subnets',
    annotations: { [ofSubnet]: '{"ipv4": ["off*"]}' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: ipv4.0: the name of one SpiderSubnet; patterns choose none (got "off*")',
    advice: 'the form is {"ipv4":["SUBNET"]}',
  },
  {
    what: 'a key of a subnet that there is not',
    annotations: { [ofSubnet]: '{"ipv4pools": ["office"]}' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: unknown key "ipv4pools"; known keys: interface, ipv4, ipv6; names no subnet: give ipv4, ipv6 or both (got {"ipv4pools":["office"]})',
    advice: 'the form is {"ipv4":["SUBNET"]}',
  },
  {
    what: 'subnets of no interface',
    annotations: { [ofSubnets]: '[{"ipv4": ["office"]}]' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnets: 0: names no interface: each entry has one (got {"ipv4":["office"]})',
    advice: 'the form is [{"interface":"eth0","ipv4":["SUBNET"]}]',
  },
  {
    what: 'subnets of another interface',
    annotations: { [ofSubnets]: '[{"interface": "net1", "ipv4": ["office"]}]' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnets: no entry for interface eth0; it has net1',
    advice: 'add one for eth0',
  },
  {
    what: 'an interface twice',
    annotations: { [ofSubnets]: '[{"interface": "eth0", "ipv4": ["office"]}, {"interface": "eth0", "ipv4": ["b"]}]' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnets: interface "eth0" stands twice (got [{"interface":"eth0","ipv4":["office"]},{"interface":"eth0","ipv4":["b"]}])',
    advice: 'the form is [{"interface":"eth0","ipv4":["SUBNET"]}]',
  },
  {
    what: 'a number that is a word',
    annotations: { ...office, [count]: 'five' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "five")',
    advice: 'the form is "5" for five addresses, or "+2" for two more than there are Pods',
  },
  {
    what: 'a number below zero',
    annotations: { ...office, [count]: '-1' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "-1")',
    advice: 'the form is "5" for five addresses, or "+2" for two more than there are Pods',
  },
  {
    what: 'a number with a fraction',
    annotations: { ...office, [count]: '1.5' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "1.5")',
    advice: 'the form is "5" for five addresses, or "+2" for two more than there are Pods',
  },
  {
    what: 'a number beyond any pool',
    annotations: { ...office, [count]: '65537' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "65537")',
    advice: 'the form is "5" for five addresses, or "+2" for two more than there are Pods',
  },
  {
    what: 'two signs',
    annotations: { ...office, [count]: '++1' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "++1")',
    advice: 'the form is "5" for five addresses, or "+2" for two more than there are Pods',
  },
  {
    what: 'whether a pool goes with its application, and not in words of Go',
    annotations: { ...office, [reclaim]: 'yes' },
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/ippool-reclaim: must be true or false (got "yes")',
    advice: 'the form is "true": the pool goes with its application; "false": it stays',
  },
  {
    what: 'an application of a kind that keeps no Pods',
    annotations: office,
    says: 'Pod "shop/lone": annotation ipam.spidernet.io/subnet: the pool is an application\'s, and no controller keeps this Pod',
    advice: 'make the Pod by a Deployment or the like, or name a pool in ipam.spidernet.io/ippool',
  },
];
