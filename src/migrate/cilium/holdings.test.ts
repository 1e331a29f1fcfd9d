import { describe, expect, it } from 'vitest';
import type { ShownPod } from '../../ipam/shown-pod.ts';
import type { ClaimSpec } from '../../resources/claim.ts';
import { nobodysNode } from '../foreign.ts';
import { importLeases } from '../import-leases.ts';
import { planMigration } from '../plan.ts';
import { type CiliumFacts, ciliumHoldings } from './holdings.ts';

const pool = (name: string, spec: object, annotations?: object) => ({ metadata: { name, annotations }, spec });
const green = pool('green', {
  ipv4: { cidrs: ['10.20.0.0/16', '10.30.0.0/16'], maskSize: 24 },
  ipv6: { cidrs: ['fd00:20::/104'], maskSize: 120 },
});
const node = (name: string, spec: object = {}, status: object = {}) => ({ metadata: { name }, spec, status });

function shown(
  name: string,
  ips: readonly string[],
  more: Partial<ShownPod['metadata']> = {},
  phase = 'Running',
): ShownPod {
  return {
    metadata: { name, namespace: 'shop', uid: `u-${name}`, ...more },
    status: { phase, podIPs: ips.map((ip) => ({ ip })) },
  };
}

function endpoint(name: string, ipv4: string, container = '') {
  const identifiers = container === '' ? {} : { 'external-identifiers': { 'container-id': container } };
  return {
    metadata: { name, namespace: 'shop' },
    status: { ...identifiers, networking: { addressing: [{ ipv4 }], node: '192.0.2.1' } },
  };
}

const ofSet = (set: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: set, uid: 's', controller: true }],
});

function read(facts: Partial<CiliumFacts>) {
  const found = ciliumHoldings({
    pools: [green],
    nodes: [],
    endpoints: [],
    pods: [],
    config: undefined,
    network: 'cilium',
    ...facts,
  });
  const imported = importLeases(found.leases, { pools: found.pools, daemon: nobodysNode, advice: 'make a pool' });
  const resources = [...found.pools, ...imported.claims];
  const { conflicts: refused } = planMigration(resources, [], 'm');
  return {
    pools: found.pools.map(({ metadata, spec }) => ({ name: metadata.name, labels: metadata.labels, ...spec })),
    claims: imported.claims.map(({ spec }) => spec as ClaimSpec),
    conflicts: [...found.conflicts, ...imported.conflicts, ...refused].map(
      ({ subject, reason }) => `${subject}: ${reason}`,
    ),
    leftOut: found.leftOut.map(({ subject, reason }) => `${subject}: ${reason}`),
    warnings: [...found.warnings, ...imported.warnings].join('\n'),
  };
}

const label = { 'ipam.cilium.io/ip-pool': 'green' };

describe("Cilium's pools", () => {
  it('are a pool of ours for each subnet, with the label by which annotations find them', () => {
    const { pools, conflicts, warnings } = read({});
    expect(pools).toEqual([
      { name: 'green-ipv4', labels: label, ipVersion: 4, subnet: '10.20.0.0/16' },
      { name: 'green-ipv4-2', labels: label, ipVersion: 4, subnet: '10.30.0.0/16' },
      { name: 'green-ipv6', labels: label, ipVersion: 6, subnet: 'fd00:20::/104' },
    ]);
    expect({ conflicts, warnings }).toEqual({ conflicts: [], warnings: '' });
  });

  const cidrs = { ipv4: { cidrs: ['10.20.0.0/16'] } };
  it.each<[string, string, object, object]>([
    ['that is called default is for everybody', 'default', {}, { default: true }],
    ['of another name is for those who name it', 'blue', {}, {}],
    [
      'with selectors is for those whom they select, unasked',
      'blue',
      { podSelector: { matchLabels: { app: 'web' } }, namespaceSelector: { matchLabels: { tier: 'gold' } } },
      {
        default: true,
        podAffinity: { matchLabels: { app: 'web' } },
        namespaceAffinity: { matchLabels: { tier: 'gold' } },
      },
    ],
    [
      "with Cilium's own label of a namespace is for that namespace",
      'blue',
      { podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'shop' } } },
      { default: true, namespaceName: ['shop'] },
    ],
  ])('one %s', (_, name, selectors, spec) => {
    const [made] = read({ pools: [pool(name, { ...cidrs, ...selectors })] }).pools;
    expect(made).toEqual({
      name: `${name}-ipv4`,
      labels: { 'ipam.cilium.io/ip-pool': name },
      ipVersion: 4,
      subnet: '10.20.0.0/16',
      ...spec,
    });
  });

  it('that select by what ours cannot are disabled, with a warning', () => {
    const odd = pool('odd', { ...cidrs, podSelector: { matchLabels: { 'io.kubernetes.pod.name': 'web-0' } } });
    const { pools, warnings } = read({ pools: [odd] });
    expect(pools).toMatchObject([{ name: 'odd-ipv4', disable: true }]);
    expect(warnings).toContain('no pool of ours can select by the label io.kubernetes.pod.name');
  });

  it('exclude what nodes have for themselves', () => {
    const spec = {
      addresses: [
        { type: 'InternalIP', ip: '192.0.2.1' },
        { type: 'CiliumInternalIP', ip: '10.20.1.3' },
      ],
      health: { ipv4: '10.20.1.9' },
    };
    const { pools, warnings } = read({ nodes: [node('n1', spec)] });
    expect(pools[0]).toMatchObject({ excludeIPs: ['10.20.1.3', '10.20.1.9'] });
    expect(warnings).toContain('10.20.1.3 of node n1, 10.20.1.9 of node n1');
  });

  it.each<[string, object]>([
    ['a prefix that is none', pool('bad', { ipv4: { cidrs: ['10.20.0.0'] } })],
    ['a list that is none', pool('bad', { ipv4: { cidrs: '10.20.0.0/16' } })],
  ])('are a conflict with %s', (_, bad) => {
    expect(read({ pools: [bad] }).conflicts).toEqual([expect.stringMatching(/^CiliumPodIPPool "bad": /)]);
  });

  it('are a conflict when two have the same addresses', () => {
    const same = pool('same', { ipv4: { cidrs: ['10.20.0.0/16'] } });
    expect(read({ pools: [green, same] }).conflicts).not.toEqual([]);
  });
});

describe('a cluster without them', () => {
  const config = {
    ipam: 'cluster-pool',
    'cluster-pool-ipv4-cidr': '10.0.0.0/8',
    'cluster-pool-ipv6-cidr': 'fd00::/104',
  };
  const nodes = [
    node('n1', { ipam: { podCIDRs: ['10.0.1.0/24'] } }),
    node('n2', { ipam: { podCIDRs: ['10.0.2.0/24'] } }),
  ];

  it("has the pools of its agents' settings", () => {
    expect(read({ pools: [], nodes, config }).pools).toMatchObject([
      { name: 'cluster-pool-ipv4', subnet: '10.0.0.0/8', default: true },
      { name: 'cluster-pool-ipv6', subnet: 'fd00::/104', default: true },
    ]);
  });

  it('whose settings name none has one for each node, for that node', () => {
    const { pools, warnings } = read({ pools: [], nodes, config: { ipam: 'kubernetes' } });
    expect(pools).toMatchObject([
      { name: 'n1-ipv4', subnet: '10.0.1.0/24', nodeName: ['n1'] },
      { name: 'n2-ipv4', subnet: '10.0.2.0/24', nodeName: ['n2'] },
    ]);
    expect(warnings).toContain('its addresses go to no other');
  });
});

describe('who has an address', () => {
  it('is told by Pods, with the container that their endpoint names, and whom they are of', () => {
    const { claims, conflicts } = read({
      pods: [
        shown('web', ['10.20.1.5', 'fd00:20::5']),
        shown('db-0', ['10.20.1.6'], ofSet('db')),
        shown('host', ['192.0.2.1']),
      ],
      endpoints: [endpoint('web', '10.20.1.5', 'c-web')],
    });
    expect(claims).toMatchObject([
      { address: '10.20.1.5', pool: 'green-ipv4', network: 'cilium', containerId: 'c-web', podName: 'web' },
      { address: 'fd00:20::5', pool: 'green-ipv6', containerId: 'c-web' },
      { address: '10.20.1.6', containerId: 'pod-u-db-0', ownerKind: 'StatefulSet', ownerName: 'db' },
    ]);
    expect(conflicts).toEqual([]);
  });

  it('is told by the endpoint of a Pod that shows none yet', () => {
    const { claims } = read({ pods: [shown('new', [], {}, 'Pending')], endpoints: [endpoint('new', '10.20.1.7')] });
    expect(claims).toMatchObject([{ address: '10.20.1.7', podName: 'new' }]);
  });

  it('is not told by what is left of Pods that are gone or over', () => {
    const { claims, leftOut } = read({
      pods: [shown('done', ['10.20.1.8'], {}, 'Succeeded'), shown('moved', ['10.20.1.10'])],
      endpoints: [endpoint('gone', '10.20.1.9'), endpoint('moved', '10.20.1.11')],
    });
    expect(claims).toMatchObject([{ address: '10.20.1.10' }]);
    expect(leftOut).toEqual(['CiliumEndpoint "shop/gone": its Pod is gone']);
  });

  it('is told in CRD mode by what is used, and by the marks of Pods that come again', () => {
    const spec = {
      ipam: {
        pool: {
          '10.20.1.20': { owner: 'shop/db-1', resource: 'shop/StatefulSet/db' },
          '10.20.1.21': { owner: 'shop/db-0', resource: 'shop/StatefulSet/db' },
          '10.20.1.22': {},
          '10.20.1.23': { owner: 'shop/other', resource: 'shop/Job/other' },
        },
      },
    };
    const used = {
      '10.20.1.21': { owner: 'shop/db-0' },
      '10.20.1.24': { owner: 'router' },
      '10.20.1.25': { owner: 'shop/new' },
    };
    const { claims, conflicts } = read({
      nodes: [node('n1', spec, { ipam: { used } })],
      pods: [shown('db-0', ['10.20.1.21'], ofSet('db')), shown('new', [], {}, 'Pending')],
    });
    expect(claims).toMatchObject([
      { address: '10.20.1.21', podName: 'db-0', ownerName: 'db' },
      { address: '10.20.1.25', podName: 'new' },
      { address: '10.20.1.20', podName: 'db-1', ownerKind: 'StatefulSet', ownerName: 'db' },
    ]);
    expect(conflicts).toEqual([]);
  });

  it.each<[string, Partial<CiliumFacts>, RegExp]>([
    [
      'two have it',
      { pods: [shown('a', ['10.20.1.5']), shown('b', ['10.20.1.5'])] },
      /^10\.20\.1\.5: held by Pod shop\/a \(.*\), and by Pod shop\/b/,
    ],
    [
      'no pool has it',
      { pods: [shown('a', [], {}, 'Pending')], endpoints: [endpoint('a', '10.99.0.5')] },
      /^10\.99\.0\.5: no pool has it; Pod shop\/a \(CiliumEndpoint "shop\/a"\) holds it/,
    ],
    [
      'it is none',
      { pods: [shown('a', [], {}, 'Pending')], endpoints: [endpoint('a', '10.20.1')] },
      /^CiliumEndpoint "a": "10\.20\.1" in status\.networking\.addressing is no address/,
    ],
    [
      'a node cannot be read',
      { nodes: [node('n1', { ipam: { pool: { 'ten.20': {} } } })] },
      /^CiliumNode "n1": spec\.ipam\.pool: "ten\.20" is no address/,
    ],
  ])('is a conflict when %s', (_, facts, says) => {
    expect(read(facts).conflicts).toEqual([expect.stringMatching(says)]);
  });
});
