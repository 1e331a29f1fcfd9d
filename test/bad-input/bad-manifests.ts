/** A manifest that is refused. `says` and `advice` are what its author reads. */
export interface BadManifest {
  readonly what: string;
  readonly manifest: string;
  readonly deletes?: boolean;
  readonly says: string;
  readonly advice?: string;
}

const spiderpool = 'apiVersion: spiderpool.spidernet.io/v2beta1';

/** What is there when each of them is tried. */
export const presentManifests = `\
${spiderpool}
kind: SpiderSubnet
metadata: {name: office}
spec: {subnet: 10.8.0.0/16, ips: [10.8.1.0-10.8.1.255]}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: blue}
spec: {subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.99], gateway: 10.6.0.1}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: desks}
spec: {subnet: 10.8.0.0/16, ips: [10.8.1.10-10.8.1.20]}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: blocks}
spec: {subnet: 10.9.0.0/16, blockSize: 24}
---
${spiderpool}
kind: SpiderReservedIP
metadata: {name: printers}
spec: {ipVersion: 4, ips: [10.6.0.90]}
`;

/** Addresses of pool \`blue\` that Pods hold. */
export const heldAddresses: readonly string[] = ['10.6.0.10', '10.6.0.42'];

const of = (kind: string, name: string, spec: string): string =>
  `${spiderpool}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}`;
const pool = (spec: string, name = 'new'): string => of('SpiderIPPool', name, spec);
const subnet = (spec: string, name = 'new'): string => of('SpiderSubnet', name, spec);
const reserved = (spec: string, name = 'new'): string => of('SpiderReservedIP', name, spec);

export const badManifests: readonly BadManifest[] = [
  {
    what: 'text that is no YAML',
    manifest: `kind: [`,
    says: 'new.yaml: document 1: line 1, column 8: Flow sequence in block collection must be sufficiently indented and end with a ]',
  },
  {
    what: 'an alias to nowhere',
    manifest: `kind: *pool`,
    says: 'new.yaml: document 1: Unresolved alias (the anchor must be set before the alias): pool',
  },
  {
    what: 'a list instead of an object',
    manifest: `- SpiderIPPool`,
    says: 'new.yaml: document 1: must be an object (got ["SpiderIPPool"])',
  },
  {
    what: 'no kind',
    manifest: `apiVersion: spiderpool.spidernet.io/v2beta1\nmetadata: {name: new}`,
    says: 'new.yaml: document 1: kind: is missing: text',
  },
  {
    what: 'a kind that there is not',
    manifest: of('SpiderPool', 'new', '{subnet: 10.1.0.0/24}'),
    says: 'new.yaml: document 1: no kind "SpiderPool" in "spiderpool.spidernet.io/v2beta1"',
    advice:
      'known: spiderpool.spidernet.io/v2beta1 SpiderSubnet, spiderpool.spidernet.io/v2beta1 SpiderIPPool, spiderpool.spidernet.io/v2beta1 SpiderReservedIP, spiderpool.spidernet.io/v2beta1 SpiderEndpoint, berth.network/v1alpha1 IPBlock, berth.network/v1alpha1 IPClaim',
  },
  {
    what: 'another version of the API',
    manifest:
      'apiVersion: spiderpool.spidernet.io/v1\nkind: SpiderIPPool\nmetadata: {name: new}\nspec: {subnet: 10.1.0.0/24}',
    says: 'new.yaml: document 1: no kind "SpiderIPPool" in "spiderpool.spidernet.io/v1"',
    advice:
      'known: spiderpool.spidernet.io/v2beta1 SpiderSubnet, spiderpool.spidernet.io/v2beta1 SpiderIPPool, spiderpool.spidernet.io/v2beta1 SpiderReservedIP, spiderpool.spidernet.io/v2beta1 SpiderEndpoint, berth.network/v1alpha1 IPBlock, berth.network/v1alpha1 IPClaim',
  },
  {
    what: 'a name with capital letters',
    manifest: pool('{subnet: 10.1.0.0/24}', 'Blue'),
    says: 'new.yaml: document 1: metadata.name: lower-case letters, digits, "-" and "." only, at most 253 (got "Blue")',
  },
  {
    what: 'no name',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nspec: {subnet: 10.1.0.0/24}`,
    says: 'new.yaml: document 1: metadata: is missing: an object',
  },
  {
    what: 'a pool in a namespace',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nmetadata: {name: new, namespace: shop}\nspec: {subnet: 10.1.0.0/24}`,
    says: 'new.yaml: document 1: SpiderIPPool "new": metadata.namespace is "shop"',
    advice: 'leave it out: SpiderIPPool objects live in no namespace',
  },
  {
    what: 'an endpoint in no namespace',
    manifest: `${spiderpool}\nkind: SpiderEndpoint\nmetadata: {name: web-1}\nstatus: {}`,
    says: 'new.yaml: document 1: SpiderEndpoint "web-1": metadata.namespace is missing',
    advice: 'name the namespace of its Pod',
  },
  {
    what: 'no specification',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nmetadata: {name: new}`,
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: subnet: is missing: text',
  },
  {
    what: 'a mistyped field',
    manifest: pool('{subnet: 10.1.0.0/24, gatway: 10.1.0.1}'),
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: unknown key "gatway"; known keys: ipVersion, subnet, ips, excludeIPs, gateway, routes, vlan, default, disable, podAffinity, namespaceAffinity, namespaceName, nodeAffinity, nodeName, multusName, blockSize, cooldown, purpose, topologyAffinity',
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
    what: 'addresses of another pool',
    manifest: pool('{subnet: 10.6.0.0/24, ips: [10.6.0.50-10.6.0.120]}'),
    says: 'SpiderIPPool "new" overlaps SpiderIPPool "blue": both offer 10.6.0.50-10.6.0.99',
    advice: 'give the pools different ranges with spec.ips or spec.excludeIPs',
  },
  {
    what: "a subnet that overlaps another pool's",
    manifest: pool('{subnet: 10.6.0.0/16, ips: [10.6.7.1-10.6.7.9]}'),
    says: 'SpiderIPPool "new": spec.subnet 10.6.0.0/16 overlaps spec.subnet 10.6.0.0/24 of SpiderIPPool "blue"',
    advice: 'pools of one network have the same spec.subnet and different spec.ips',
  },
  {
    what: 'addresses that the subnet does not control',
    manifest: pool('{subnet: 10.8.0.0/16, ips: [10.8.1.250-10.8.2.5]}'),
    says: 'SpiderIPPool "new": offers 10.8.2.0-10.8.2.5, which SpiderSubnet "office" does not control',
    advice: "choose from the subnet's spec.ips, or add the addresses there first",
  },
  {
    what: 'another subnet for a pool that is there',
    manifest: pool('{subnet: 10.7.0.0/24}', 'blue'),
    says: 'SpiderIPPool "blue": spec.subnet cannot change from 10.6.0.0/24 to 10.7.0.0/24',
    advice: 'create another pool, move the applications over, and delete this one',
  },
  {
    what: 'another block size for a pool that is there',
    manifest: pool('{subnet: 10.9.0.0/16, blockSize: 26}', 'blocks'),
    says: 'SpiderIPPool "blocks": spec.blockSize cannot change from 24 to 26',
    advice: 'create another pool, move the applications over, and delete this one',
  },
  {
    what: 'fewer addresses than are in use',
    manifest: pool('{subnet: 10.6.0.0/24, ips: [10.6.0.20-10.6.0.99], gateway: 10.6.0.1}', 'blue'),
    says: 'SpiderIPPool "blue": the change drops addresses that are in use: 10.6.0.10',
    advice: 'release them first (ipam-cli addresses shows who holds them), or keep them in spec.ips',
  },
  {
    what: 'an exclusion of what is in use',
    manifest: pool(
      '{subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.99], excludeIPs: [10.6.0.42], gateway: 10.6.0.1}',
      'blue',
    ),
    says: 'SpiderIPPool "blue": the change drops addresses that are in use: 10.6.0.42',
    advice: 'release them first (ipam-cli addresses shows who holds them), or keep them in spec.ips',
  },
  {
    what: 'deleting a pool that is in use',
    manifest: pool('{subnet: 10.6.0.0/24}', 'blue'),
    deletes: true,
    says: 'SpiderIPPool "blue" still has addresses in use: 10.6.0.10, 10.6.0.42',
    advice: 'set spec.disable: true so that it gives out no more, and delete it when it is empty',
  },
  {
    what: 'a SpiderSubnet over another',
    manifest: subnet('{subnet: 10.8.128.0/17}'),
    says: 'SpiderSubnet "new": spec.subnet 10.8.128.0/17 overlaps spec.subnet 10.8.0.0/16 of SpiderSubnet "office"; spec.subnet 10.8.128.0/17 overlaps spec.subnet 10.8.0.0/16 of SpiderIPPool "desks"',
    advice:
      'one SpiderSubnet for each network: widen spec.ips of the one there is; pools of a subnet have exactly its spec.subnet',
  },
  {
    what: 'a SpiderSubnet that cuts through pools',
    manifest: subnet('{subnet: 10.6.0.0/16}'),
    says: 'SpiderSubnet "new": spec.subnet 10.6.0.0/16 overlaps spec.subnet 10.6.0.0/24 of SpiderIPPool "blue"',
    advice: 'pools of a subnet have exactly its spec.subnet',
  },
  {
    what: "a SpiderSubnet that leaves out a pool's addresses",
    manifest: subnet('{subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.50]}'),
    says: 'SpiderSubnet "new" does not control 10.6.0.51-10.6.0.99, which SpiderIPPool "blue" offers',
    advice: "add them to spec.ips of the subnet, or take them out of the pool's first",
  },
  {
    what: 'a SpiderSubnet with its gateway among the addresses',
    manifest: subnet('{subnet: 10.1.0.0/24, ips: [10.1.0.1-10.1.0.9], gateway: 10.1.0.1}'),
    says: 'SpiderSubnet "new": spec.gateway 10.1.0.1 is in spec.ips 10.1.0.1-10.1.0.9',
    advice: 'add the gateway to spec.excludeIPs, or leave it out of spec.ips',
  },
  {
    what: 'a SpiderSubnet that shrinks below its pools',
    manifest: subnet('{subnet: 10.8.0.0/16, ips: [10.8.1.0-10.8.1.15]}', 'office'),
    says: 'SpiderSubnet "office" does not control 10.8.1.16-10.8.1.20, which SpiderIPPool "desks" offers',
    advice: "add them to spec.ips of the subnet, or take them out of the pool's first",
  },
  {
    what: 'another prefix for a SpiderSubnet that is there',
    manifest: subnet('{subnet: 10.18.0.0/16}', 'office'),
    says: 'SpiderSubnet "office": spec.subnet cannot change from 10.8.0.0/16 to 10.18.0.0/16',
    advice: 'create another subnet, and delete this one when no pool is left in it',
  },
  {
    what: 'deleting a SpiderSubnet with pools',
    manifest: subnet('{subnet: 10.8.0.0/16}', 'office'),
    deletes: true,
    says: 'SpiderSubnet "office" still has pools: desks',
    advice: 'delete the pools first',
  },
  {
    what: 'a reservation of nothing',
    manifest: reserved('{ips: []}'),
    says: 'SpiderReservedIP "new": spec.ips names no address',
    advice: 'name addresses, or delete the reservation',
  },
  {
    what: 'a reservation in two families',
    manifest: reserved('{ips: [10.1.0.1, "fd00::1"]}'),
    says: 'SpiderReservedIP "new": spec.ips has addresses of IPv4 and IPv6',
    advice: 'make a SpiderReservedIP for each',
  },
  {
    what: 'a reservation of another family than it says',
    manifest: reserved('{ipVersion: 6, ips: [10.1.0.1]}'),
    says: 'SpiderReservedIP "new": spec.ips has an IPv4 address, spec.ipVersion is 6',
    advice: 'leave spec.ipVersion out: the addresses tell it',
  },
  {
    what: 'a reservation of addresses in use',
    manifest: reserved('{ips: [10.6.0.40-10.6.0.50]}'),
    says: 'SpiderReservedIP "new" reserves addresses that are in use: 10.6.0.42',
    advice: 'release them first (ipam-cli addresses shows who holds them)',
  },
  {
    what: 'another IP version for a reservation that is there',
    manifest: reserved('{ipVersion: 6, ips: ["fd00::1"]}', 'printers'),
    says: 'SpiderReservedIP "printers": spec.ipVersion cannot change from 4 to 6',
    advice: 'create another SpiderReservedIP, and delete this one',
  },
];
