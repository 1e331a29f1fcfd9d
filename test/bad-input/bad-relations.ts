import { type BadManifest, pool, reserved, subnet } from './bad-manifest.ts';

/** What does not go with the other resources, or with what is in use; subnets and reservations that are wrong. */
export const badRelations: readonly BadManifest[] = [
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
