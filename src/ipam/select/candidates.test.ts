import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { PodFacts } from '../pod-facts.ts';
import type { Consumer } from './affinity.ts';
import type { SelectSource } from './candidates.ts';
import { rejectionLines } from './rejection.ts';
import { type SelectRequest, selectPools } from './select.ts';

let subnets = 0;
const pool = (name: string, spec: Partial<PoolSpec> = {}) =>
  parsePool({
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name },
    spec: { subnet: `10.${++subnets}.0.0/16`, ...spec },
  });
const six = (name: string, spec: Partial<PoolSpec> = {}) => pool(name, { subnet: `fd00:${++subnets}::/64`, ...spec });

const web = { matchLabels: { app: 'web' } };
const red = { matchLabels: { tenant: 'red' } };
const pools = [
  pool('a'),
  pool('b'),
  pool('off', { disable: true }),
  pool('rack-1', { nodeName: ['node1'] }),
  pool('rack-2', { nodeName: ['node2'] }),
  pool('for-web', { podAffinity: web }),
  pool('for-red', { namespaceAffinity: red }),
  pool('for-shop', { namespaceName: ['shop'] }),
  pool('vlan5', { vlan: 5 }),
  pool('vlan7', { vlan: 7 }),
  six('a6'),
  six('rack-6', { nodeName: ['node1'] }),
  six('vlan7-6', { vlan: 7 }),
];

const facts: PodFacts = {
  pod: { labels: { app: 'web' }, annotations: {} },
  namespace: { labels: { tenant: 'red' }, annotations: {} },
  node: { labels: {} },
};
const consumer: Consumer = { node: 'node1', ifname: 'eth0', pod: { namespace: 'shop', name: 'web-0', uid: '' }, facts };
const origin = 'annotation ipam.spidernet.io/ippool of Pod "shop/web-0"';
const preferred = (ipv4: string[], ipv6: string[] = []): SelectSource => ({
  kind: 'preferred',
  preference: { origin, names: { 4: ipv4, 6: ipv6 } },
});

/** `4: a b (c is disabled)` for each address. */
function chosen(source: SelectSource, more: Partial<SelectRequest> = {}, from = pools): string[] {
  const sorted = from.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const wants = selectPools({ source, families: [], requested: [], consumer, ...more }, sorted);
  return wants.map(({ family, candidates, rejected }) =>
    [
      `${family}:`,
      ...candidates.map(({ name }) => name),
      ...rejected.map((one) => `(${one.pool} ${one.reason()})`),
    ].join(' '),
  );
}

function refusal(source: SelectSource, more: Partial<SelectRequest> = {}, from = pools): IpamError {
  try {
    throw new Error(`not refused: ${chosen(source, more, from)}`);
  } catch (error) {
    if (error instanceof IpamError) return error;
    throw error;
  }
}

describe('pools that somebody named', () => {
  it.each<[string, SelectSource, Partial<SelectRequest>, string[]]>([
    ['in the order of the list', preferred(['b', 'a']), {}, ['4: b a']],
    ['for each family that has names', preferred(['a'], ['a6']), {}, ['4: a', '6: a6']],
    ['for IPv6 only', preferred([], ['a6']), {}, ['6: a6']],
    ['for the families asked for, of those named', preferred(['a'], ['a6']), { families: [4] }, ['4: a']],
    ['once, however often they are named', preferred(['a', '?', 'a']), {}, ['4: a b']],
    [
      'by a star, in the order of names, what fits the node first',
      preferred(['rack-*', 'a']),
      {},
      ['4: rack-1 a (rack-2 is for nodes "node2", and this is node "node1")'],
    ],
    ['by a question mark', preferred(['?']), {}, ['4: a b']],
    ['by a class', preferred(['vlan[5-6]']), {}, ['4: vlan5']],
    ['by a pattern of the family only', preferred([], ['rack-*']), {}, ['6: rack-6']],
    ['without one that is not there', preferred(['gone', 'a']), {}, ['4: a (gone does not exist)']],
    ['without a pattern that fits none', preferred(['x*', 'a']), {}, ['4: a (x* matches no IPv4 pool)']],
    ['without one of the other family', preferred(['a6', 'a']), {}, ['4: a (a6 is an IPv6 pool)']],
    ['without a disabled one', preferred(['off', 'a']), {}, ['4: a (off is disabled)']],
    [
      'with those for somebody in particular first: Pods, nodes, namespaces by name, by label',
      preferred(['a', 'for-red', 'for-shop', 'rack-1', 'for-web']),
      {},
      ['4: for-web rack-1 for-shop for-red a'],
    ],
  ])('are tried %s', (_how, source, more, expected) => {
    expect(chosen(source, more)).toEqual(expected);
  });

  it.each<[string, SelectSource, Partial<SelectRequest>, string]>([
    [
      'every pool is passed over',
      preferred(['off', 'gone']),
      {},
      `no IPv4 pool to allocate from (${origin}): "gone" does not exist; "off" is disabled`,
    ],
    [
      'one family has none left',
      preferred(['a'], ['gone']),
      {},
      `no IPv6 pool to allocate from (${origin}): "gone" does not exist`,
    ],
    [
      'a family is asked for that has no names',
      preferred(['a']),
      { families: [4, 6] },
      `no IPv6 pool to allocate from (${origin})`,
    ],
  ])('are refused when %s', (_why, source, more, says) => {
    const error = refusal(source, more);
    expect(error).toMatchObject({ code: 'not-found', message: says });
    expect(error.advice).toMatch(/^name other pools in the annotation/);
  });

  it('are refused with every reason in the facts, where the message has a few', () => {
    const names = Array.from({ length: 20 }, (_, index) => `gone-${index}`);
    const error = refusal(preferred(names));
    expect(error.message).toMatch(/"gone-7" does not exist; and 12 more$/);
    expect(rejectionLines(error)).toEqual(names.map((name) => `pool "${name}": does not exist`));
  });
});

describe('default pools', () => {
  const defaults = [
    pool('everybody', { default: true }),
    pool('node1s', { default: true, nodeName: ['node1'] }),
    pool('webs', { default: true, podAffinity: web }),
    pool('node2s', { default: true, nodeName: ['node2'] }),
    six('everybody-6', { default: true }),
  ];

  it('are tried by name, those for somebody in particular first', () => {
    expect(chosen({ kind: 'default' }, {}, defaults)).toEqual([
      '4: webs node1s everybody (node2s is for nodes "node2", and this is node "node1")',
      '6: everybody-6',
    ]);
  });

  it('are not given by label where nobody tells labels', () => {
    const nobody = { node: 'node1', ifname: 'eth0' };
    expect(chosen({ kind: 'default' }, { consumer: nobody, families: [4] }, defaults)[0]).toBe(
      '4: node1s everybody (node2s is for nodes "node2", and this is node "node1") (webs is for Pods labelled app=web, and the request names no Pod)',
    );
  });
});

describe('pools that a network names', () => {
  it('keep the order of the list', () => {
    expect(chosen({ kind: 'named', pools: ['a', 'for-web'] })).toEqual(['4: a for-web']);
  });

  it('are passed over when they are for others', () => {
    expect(chosen({ kind: 'named', pools: ['rack-2', 'a'] })).toEqual([
      '4: a (rack-2 is for nodes "node2", and this is node "node1")',
    ]);
  });
});

describe('pools of a purpose', () => {
  const rack = (tor: string) => ({ purpose: 'storage', topologyAffinity: { tor: [tor] } });
  const racks = [
    pool('of-all', { purpose: 'storage' }),
    pool('of-its-zone', { purpose: 'storage', topologyAffinity: { zone: ['zone-a'] } }),
    pool('of-pod', { purpose: 'storage', topologyAffinity: { pod: ['pod-1'] } }),
    pool('of-rack-1', rack('tor-1')),
    pool('of-rack-2', rack('tor-2')),
    pool('other', { purpose: 'default', default: true }),
    six('of-rack-2-6', rack('tor-2')),
  ];
  const at = (tor: string | undefined): Partial<SelectRequest> => ({
    consumer: { ...consumer, places: tor === undefined ? {} : { tor } },
  });
  const source: SelectSource = { kind: 'purpose', purpose: 'storage' };
  const on = (tor: string | undefined) => chosen(source, at(tor), racks).map((text) => text.replace(/ \(.*/, ''));

  it('are those of the node’s rack, before those that are for all', () => {
    expect(on('tor-1')).toEqual(['4: of-rack-1 of-all']);
  });

  it('are the nearest first', () => {
    const places = { zone: 'zone-a', pod: 'pod-1', tor: 'tor-2' };
    const [first] = chosen(source, { consumer: { ...consumer, places }, families: [4] }, racks);
    expect(first).toMatch(/^4: of-rack-2 of-pod of-its-zone of-all /);
  });

  it('are of each family that the rack has', () => {
    expect(on('tor-2')).toEqual(['4: of-rack-2 of-all', '6: of-rack-2-6']);
  });

  it('are those for all where nobody knows in which rack the node is', () => {
    expect(on(undefined)).toEqual(['4: of-all']);
  });

  it.each([
    ['a purpose that no pool has', 'backup', [], 'no pool has the purpose "backup"', 'purposes: default, storage'],
    ['a family that the rack has none of', 'storage', [6], 'no IPv6 pool to allocate from', 'create a pool'],
  ] as const)('are refused for %s', (_, purpose, families, says, advice) => {
    const error = refusal({ kind: 'purpose', purpose }, { ...at('tor-1'), families }, racks);
    expect(error.message).toContain(says);
    expect(error.advice).toContain(advice);
  });
});

describe('the VLAN of an interface', () => {
  it.each<[string, SelectSource, string[]]>([
    [
      'is that of the first pool',
      preferred(['vlan5', 'vlan7']),
      ["4: vlan5 (vlan7 is in VLAN 7, and the interface's other pools are in VLAN 5)"],
    ],
    [
      'is one that both families have',
      preferred(['vlan5', 'vlan7'], ['vlan7-6']),
      ["4: vlan7 (vlan5 is in VLAN 5, and the interface's other pools are in VLAN 7)", '6: vlan7-6'],
    ],
    ['does not matter to pools that name none', preferred(['a', 'vlan5'], ['a6']), ['4: a vlan5', '6: a6']],
  ])('%s', (_which, source, expected) => {
    expect(chosen(source)).toEqual(expected);
  });

  it('is refused when the families have none in common', () => {
    expect(refusal(preferred(['vlan5'], ['vlan7-6'])).message).toMatch(/^no IPv6 pool .*"vlan7-6" is in VLAN 7/);
  });
});
