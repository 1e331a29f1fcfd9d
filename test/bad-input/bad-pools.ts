import { type BadManifest, pool, spiderpool } from './bad-manifest.ts';

/** Pools that are wrong in themselves. */
export const badPools: readonly BadManifest[] = [
  {
    what: 'a mistyped field',
    manifest: pool('{subnet: 10.1.0.0/24, gatway: 10.1.0.1}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: unknown key "gatway"; known keys: ipVersion, subnet, ips, excludeIPs, gateway, routes, vlan, default, disable, podAffinity, namespaceAffinity, namespaceName, nodeAffinity, nodeName, multusName, blockSize, fixedIPs, cooldown, namespaceQuota, conflictDetection, gatewayDetection, purpose, topologyAffinity',
  },
  {
    what: 'several mistakes at once',
    manifest: pool('{subnet: 10.1.0.0/33, ips: [10.1.0.300], default: maybe}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: subnet: "10.1.0.0/33" is not a prefix: length "33" is not a number from 0 to 32 (got "10.1.0.0/33"); ips.0: "10.1.0.300" is not an IP address: octet 300 is over 255 (got "10.1.0.300"); default: must be true or false (got "maybe")',
  },
  {
    what: 'text for a list',
    manifest: pool('{subnet: 10.1.0.0/24, multusName: kube-system/macvlan}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: multusName: must be a list (got "kube-system/macvlan")',
  },
  {
    what: 'routes in another dialect',
    manifest: pool('{subnet: 10.1.0.0/24, routes: [{to: 10.2.0.0/16, via: 10.1.0.1}]}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: routes.0.dst: is missing: text; routes.0: unknown key "to", "via"; known keys: dst, gw',
  },
  {
    what: 'a subnet that is no prefix',
    manifest: pool('{subnet: 10.1.0.0}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: subnet: "10.1.0.0" is not a prefix: no "/length" follows the address (got "10.1.0.0")',
  },
  {
    what: 'host bits in the subnet',
    manifest: pool('{subnet: 10.1.0.5/24}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: subnet: "10.1.0.5/24" is not a prefix: host bits are set; the network is 10.1.0.0/24 (got "10.1.0.5/24")',
  },
  {
    what: 'an IP version that there is not',
    manifest: pool('{subnet: 10.1.0.0/24, ipVersion: 5}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: ipVersion: must be 4 or 6 (got 5)',
  },
  {
    what: "an IP version that is not the subnet's",
    manifest: pool('{subnet: 10.1.0.0/24, ipVersion: 6}'),
    says: 'SpiderIPPool "new": spec.ipVersion is 6, but spec.subnet 10.1.0.0/24 is IPv4',
    advice: 'leave spec.ipVersion out: the subnet tells it',
  },
  {
    what: 'a range that runs backwards',
    manifest: pool('{subnet: 10.1.0.0/24, ips: [10.1.0.9-10.1.0.2]}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: ips.0: "10.1.0.9-10.1.0.2" is not a range: its first address is above its last (got "10.1.0.9-10.1.0.2")',
  },
  {
    what: 'a range of two families',
    manifest: pool('{subnet: 10.1.0.0/24, ips: ["10.1.0.9-fd00::1"]}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: ips.0: "10.1.0.9-fd00::1" is not a range: its ends are of different IP families (got "10.1.0.9-fd00::1")',
  },
  {
    what: 'a range outside the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, ips: [10.1.1.1-10.1.1.9]}'),
    says: 'SpiderIPPool "new": spec.ips: 10.1.1.1-10.1.1.9 is outside spec.subnet 10.1.0.0/24',
    advice: 'all addresses must be of spec.subnet',
  },
  {
    what: 'an exclusion outside the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, excludeIPs: [10.2.0.1]}'),
    says: 'SpiderIPPool "new": spec.excludeIPs: 10.2.0.1 is outside spec.subnet 10.1.0.0/24',
    advice: 'all addresses must be of spec.subnet',
  },
  ...(
    [
      ['a subnet of loopback', '127.3.0.0/24', '127.0.0.0/8, loopback (RFC 1122)'],
      ['a subnet of multicast', 'ff02::/64', 'ff00::/8, multicast (RFC 4291)'],
      ['a subnet of "this network"', '0.1.0.0/24', '0.0.0.0/8, "this network" (RFC 1122)'],
      [
        'an IPv4 subnet in its IPv6 form',
        '::ffff:10.3.0.0/120',
        '::ffff:0.0.0.0/96, IPv4 addresses in their IPv6 form (RFC 4291): write them as IPv4',
      ],
    ] as const
  ).map(([what, subnet, why]) => ({
    what,
    manifest: pool(`{subnet: "${subnet}"}`),
    says: `SpiderIPPool "new": spec.subnet ${subnet}: no interface can have addresses of ${why}`,
    advice: 'name a unicast subnet',
  })),
  {
    what: 'an address that is asked for outside the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, fixedIPs: [10.2.0.1]}'),
    says: 'SpiderIPPool "new": spec.fixedIPs: 10.2.0.1 is outside spec.subnet 10.1.0.0/24',
    advice: 'all addresses must be of spec.subnet',
  },
  {
    what: 'addresses that are asked for, in blocks',
    manifest: pool('{subnet: 10.1.0.0/24, blockSize: 26, fixedIPs: [10.1.0.9]}'),
    says: 'SpiderIPPool "new": spec.fixedIPs and spec.blockSize are both set: addresses of blocks are given by the node that leases them',
    advice: 'leave one of them out',
  },
  {
    what: 'nothing left to give out',
    manifest: pool('{subnet: 10.1.0.0/24, ips: [10.1.0.1], excludeIPs: [10.1.0.1]}'),
    says: 'SpiderIPPool "new": no address is left to give out',
    advice: 'check spec.ips against spec.excludeIPs and spec.gateway',
  },
  {
    what: 'a gateway outside the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, gateway: 10.2.0.1}'),
    says: 'SpiderIPPool "new": spec.gateway 10.2.0.1 is outside spec.subnet 10.1.0.0/24',
    advice: 'name the router that the interfaces reach directly',
  },
  {
    what: 'the network address for a gateway',
    manifest: pool('{subnet: 10.1.0.0/24, gateway: 10.1.0.0}'),
    says: 'SpiderIPPool "new": spec.gateway 10.1.0.0 is the network or broadcast address of 10.1.0.0/24',
    advice: 'name the router that the interfaces reach directly',
  },
  {
    what: 'a gateway among the addresses',
    manifest: pool('{subnet: 10.1.0.0/24, ips: [10.1.0.1-10.1.0.9], gateway: 10.1.0.1}'),
    says: 'SpiderIPPool "new": spec.gateway 10.1.0.1 is in spec.ips 10.1.0.1-10.1.0.9',
    advice: 'add the gateway to spec.excludeIPs, or leave it out of spec.ips',
  },
  {
    what: 'a route of another family',
    manifest: pool('{subnet: 10.1.0.0/24, routes: [{dst: "fd00::/64"}]}'),
    says: 'SpiderIPPool "new": spec.routes: fd00::/64 is not IPv4',
    advice: 'routes of IPv6 belong to a pool of that family',
  },
  {
    what: 'the default route among the routes',
    manifest: pool('{subnet: 10.1.0.0/24, routes: [{dst: 0.0.0.0/0, gw: 10.1.0.1}]}'),
    says: 'SpiderIPPool "new": spec.routes: 0.0.0.0/0 is the default route',
    advice: 'set spec.gateway instead',
  },
  {
    what: 'a route twice',
    manifest: pool(
      '{subnet: 10.1.0.0/24, routes: [{dst: 10.2.0.0/16, gw: 10.1.0.1}, {dst: 10.2.0.0/16, gw: 10.1.0.2}]}',
    ),
    says: 'SpiderIPPool "new": spec.routes: 10.2.0.0/16 is there twice',
    advice: 'keep one of them',
  },
  {
    what: 'a next hop outside the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, routes: [{dst: 10.2.0.0/16, gw: 10.3.0.1}]}'),
    says: 'SpiderIPPool "new": spec.routes: gw 10.3.0.1 of 10.2.0.0/16 is outside spec.subnet 10.1.0.0/24',
    advice: 'name a router that the interfaces reach directly',
  },
  {
    what: 'a VLAN that there is not',
    manifest: pool('{subnet: 10.1.0.0/24, vlan: 4095}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: vlan: must be at most 4094 (got 4095)',
  },
  {
    what: 'blocks larger than the subnet',
    manifest: pool('{subnet: 10.1.0.0/24, blockSize: 20}'),
    says: 'SpiderIPPool "new": spec.blockSize /20 is larger than spec.subnet 10.1.0.0/24',
    advice: 'choose 24..32',
  },
  {
    what: 'blocks without room',
    manifest: pool('{subnet: 10.1.0.0/24, blockSize: 31}'),
    says: 'SpiderIPPool "new": spec.blockSize /31 leaves no address for Pods',
    advice: 'choose 24..30',
  },
  {
    what: 'a cool-down below zero',
    manifest: pool('{subnet: 10.1.0.0/24, cooldown: -1}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: cooldown: must be at least 0 (got -1)',
  },
  {
    what: 'an empty Pod affinity',
    manifest: pool('{subnet: 10.1.0.0/24, podAffinity: {}}'),
    says: 'SpiderIPPool "new": spec.podAffinity is empty',
    advice: 'leave it out for all Pods, or name labels',
  },
  {
    what: 'a label value that no label can have',
    manifest: pool('{subnet: 10.1.0.0/24, podAffinity: {matchLabels: {app: "my app"}}}'),
    says: 'SpiderIPPool "new": spec.podAffinity: no label can have the value "my app"',
    advice: 'a value is at most 63 letters, digits, "-", "_" and "."',
  },
  {
    what: 'a label key that no label can have',
    manifest: pool('{subnet: 10.1.0.0/24, nodeAffinity: {matchLabels: {"a/b/c": x}}}'),
    says: 'SpiderIPPool "new": spec.nodeAffinity: no label can have the key "a/b/c"',
    advice: 'a key is [dns.name/]name, its name at most 63 letters, digits, "-", "_" and "."',
  },
  {
    what: 'an operator that there is not',
    manifest: pool('{subnet: 10.1.0.0/24, podAffinity: {matchExpressions: [{key: app, operator: Is, values: [web]}]}}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: podAffinity.matchExpressions.0.operator: must be "In" or "NotIn" or "Exists" or "DoesNotExist" (got "Is")',
  },
  {
    what: 'an operator without its values',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceAffinity: {matchExpressions: [{key: app, operator: In}]}}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceAffinity.matchExpressions.0: In and NotIn need values, Exists and DoesNotExist take none (got {"key":"app","operator":"In"})',
  },
  {
    what: 'a Multus network with too many parts',
    manifest: pool('{subnet: 10.1.0.0/24, multusName: [kube-system/macvlan/eth0]}'),
    says: 'SpiderIPPool "new": spec.multusName: "kube-system/macvlan/eth0" names no network',
    advice: 'write namespace/name',
  },
  {
    what: "an application's pool for other Pods too",
    manifest: `${spiderpool}\nkind: SpiderIPPool\nmetadata: {name: new, labels: {ipam.spidernet.io/owner-application-name: web}}\nspec: {subnet: 10.1.0.0/24, podAffinity: {matchLabels: {app: web}}}`,
    says: 'SpiderIPPool "new": spec.podAffinity.matchLabels: "app" cannot be added to the pool of an application',
    advice: 'the pool is kept for its application: make a pool of your own for other Pods',
  },
  {
    what: 'a quota below zero',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceQuota: -1}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceQuota: must be at least 0 (got -1)',
  },
  {
    what: 'a quota that is a fraction',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceQuota: 2.5}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceQuota: must be a whole number (got 2.5)',
  },
  {
    what: 'a quota that is text',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceQuota: "20"}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceQuota: must be a number (got "20")',
  },
  {
    what: 'a quota beyond all counting',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceQuota: 1000000001}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceQuota: must be at most 1000000000 (got 1000000001)',
  },
  {
    what: 'a quota of each namespace by name',
    manifest: pool('{subnet: 10.1.0.0/24, namespaceQuota: {shop: 20}}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: namespaceQuota: must be a number (got {"shop":20})',
  },
  {
    what: 'a conflict detection that is off, as YAML 1.1 has it',
    manifest: pool('{subnet: 10.1.0.0/24, conflictDetection: false}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: conflictDetection: must be "none" or "warn" or "refuse" (got false)',
  },
  {
    what: 'a gateway detection that there is not',
    manifest: pool('{subnet: 10.1.0.0/24, gatewayDetection: ping}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: gatewayDetection: must be "none" or "warn" or "refuse" (got "ping")',
  },
];
