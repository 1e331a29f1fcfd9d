/**
 * The combinations of fields that Spiderpool's documentation shows, each in a manifest of its own. Their users
 * have such files; all of them apply without change.
 */
const version = 'spiderpool.spidernet.io/v2beta1';

type Fields = Readonly<Record<string, unknown>>;

function manifest(kind: string, name: string, spec: Fields, labels?: Fields): object {
  return { apiVersion: version, kind, metadata: { name, ...(labels === undefined ? {} : { labels }) }, spec };
}

const pool = (name: string, spec: Fields, labels?: Fields): object => manifest('SpiderIPPool', name, spec, labels);

/** Pools do not overlap, so each has a third octet of its own. */
function ipv4(octet: number, more: Fields = {}): Fields {
  return { subnet: `172.30.${octet}.0/24`, ips: [`172.30.${octet}.40-172.30.${octet}.50`], ...more };
}

export const publishedManifests: readonly object[] = [
  manifest('SpiderSubnet', 'subnet-v4', { subnet: '10.61.0.0/16', ips: ['10.61.168.101-10.61.168.200'] }),
  manifest('SpiderSubnet', 'subnet-v6', { subnet: 'fd00:61::/64', ips: ['fd00:61::40-fd00:61::50'] }),
  manifest('SpiderSubnet', 'subnet-vlan', {
    ips: ['10.62.0.10-10.62.0.100'],
    subnet: '10.62.0.0/16',
    gateway: '10.62.0.1',
    vlan: 0,
  }),
  manifest('SpiderSubnet', 'subnet-full', {
    ipVersion: 4,
    ips: ['10.63.168.101-10.63.168.110'],
    subnet: '10.63.0.0/16',
    excludeIPs: ['10.63.168.106-10.63.168.107'],
    gateway: '10.63.0.1',
  }),
  manifest('SpiderSubnet', 'subnet-route', {
    subnet: '10.64.0.0/16',
    ips: ['10.64.0.10-10.64.0.100'],
    routes: [{ dst: '10.65.0.0/16', gw: '10.64.0.1' }],
  }),
  pool('in-subnet', { ips: ['10.61.168.101-10.61.168.110'], subnet: '10.61.0.0/16' }),

  pool('plain-v4', ipv4(1)),
  pool('plain-v6', { subnet: 'fd00:30:18::/64', ips: ['fd00:30:18::40-fd00:30:18::50'] }),
  pool('node-expression', {
    ...ipv4(2),
    ips: ['172.30.2.40'],
    gateway: '172.30.2.1',
    nodeAffinity: { matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'Exists' }] },
  }),
  pool('node-no-expression', {
    ...ipv4(2),
    ips: ['172.30.2.41'],
    gateway: '172.30.2.1',
    nodeAffinity: { matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'DoesNotExist' }] },
  }),
  pool(
    'node-in',
    ipv4(3, {
      nodeAffinity: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node1'] }] },
    }),
  ),
  pool('pod-labels', ipv4(4, { podAffinity: { matchLabels: { app: 'static' } } })),
  pool('namespace-labels', ipv4(5, { namespaceAffinity: { matchLabels: { 'kubernetes.io/metadata.name': 'ns1' } } })),
  pool('labelled', ipv4(6), { case: 'backup' }),
  pool('excluding', ipv4(7, { excludeIPs: ['172.30.7.45'] })),
  pool('two-ranges', ipv4(8, { ips: ['172.30.8.10-172.30.8.20', '172.30.8.40-172.30.8.50'] })),
  pool('routed', ipv4(9, { gateway: '172.30.9.1', routes: [{ dst: '10.66.0.0/24', gw: '172.30.9.1' }] })),
  pool(
    'full',
    ipv4(10, {
      ipVersion: 4,
      ips: ['172.30.10.10-172.30.10.20', '172.30.10.30-172.30.10.40'],
      excludeIPs: ['172.30.10.15-172.30.10.16', '172.30.10.18'],
      gateway: '172.30.10.1',
      default: true,
      disable: false,
    }),
  ),
  pool(
    'cloud',
    ipv4(11, {
      default: true,
      gateway: '172.30.11.253',
      nodeName: ['master'],
      multusName: ['kube-system/ipvlan-eth0'],
    }),
  ),
  pool('cloud-v6', {
    subnet: '2406:da1e:c4:ed01::/64',
    ips: ['2406:da1e:c4:ed01:c57d::0-2406:da1e:c4:ed01:c57d::f'],
    gateway: '2406:da1e:c4:ed01::1',
    default: true,
    nodeName: ['master'],
    multusName: ['kube-system/ipvlan-ens5'],
  }),
  pool('cidr-label', ipv4(12), { 'ipam.spidernet.io/subnet-cidr': '172-30-12-0-24' }),
  pool('for-all', {
    ...ipv4(13),
    podAffinity: { matchLabels: { app: 'test-app-3' } },
    nodeName: ['master', 'worker1'],
    namespaceName: ['kube-system', 'default'],
    multusName: ['kube-system/macvlan-vlan0'],
  }),
  pool('same-gateway-1', ipv4(14, { gateway: '172.30.14.1', nodeName: ['controller-node-1'] })),
  pool('same-gateway-2', {
    ...ipv4(14, { gateway: '172.30.14.1', nodeName: ['worker-node-1'] }),
    ips: ['172.30.14.60-172.30.14.70'],
  }),
  pool('namespace-name', ipv4(15, { namespaceName: ['ns1'] })),

  manifest('SpiderReservedIP', 'reserved-v4', { ips: ['172.30.40.41-172.30.40.50'] }),
  manifest('SpiderReservedIP', 'reserved-v6', { ipVersion: 6, ips: ['fd00:30:18::40'] }),
];

/** As a controller writes it: named after its Pod, without a spec. */
export const publishedEndpoint = {
  apiVersion: version,
  kind: 'SpiderEndpoint',
  metadata: { name: 'test-app-1-9dc78fb9-rs99d', namespace: 'default' },
  status: {
    current: {
      ips: [
        {
          cleanGateway: false,
          interface: 'eth0',
          ipv4: '172.30.11.193/20',
          ipv4Gateway: '172.30.11.253',
          ipv4Pool: 'cloud',
          vlan: 0,
        },
      ],
      node: 'worker1',
      uid: 'e7b50a38-25c2-41d0-b332-7f619c69194e',
    },
    ownerControllerName: 'test-app-1',
    ownerControllerType: 'Deployment',
  },
};
