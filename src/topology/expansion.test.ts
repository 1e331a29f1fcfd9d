import { describe, expect, it } from 'vitest';
import { formatAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix, prefixSize } from '../ip/prefix.ts';
import { parseTopology, topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource } from '../resources/resource.ts';
import { placesOf } from '../resources/topology/topology.ts';
import { type ExpansionFacts, planExpansion, type SubnetPoolUse } from './expansion.ts';
import { withChanges } from './growth-status.ts';

type Rack = object & { readonly subnets: readonly object[] };

const rack = (id: string, ...subnets: readonly (string | object)[]): Rack & { readonly id: string } => ({
  id,
  subnets: subnets.map((one) => (typeof one === 'string' ? { cidr: one } : one)),
});
/** One pod of 10.1.0.0/20 with some racks. */
const network = (tors: readonly object[], more: object = {}, pod: object = { cidr: '10.1.0.0/20' }): Resource => ({
  ...{ apiVersion: 'berth.network/v1alpha1', kind: topologyKind, metadata: { name: topologyName } },
  spec: { ...more, zones: [{ id: 'zone-a', cidr: '10.1.0.0/16', pods: [{ id: 'pod-1', ...pod, tors }] }] },
});

const idle: SubnetPoolUse = {
  ...{ total: 256n, out: 0n, isEmpty: true, isOff: false, isGoing: false, perHour: undefined },
};
/** So many of 100 are out of the pools of these prefixes; those that are not named are empty. */
const used = (percent: Readonly<Record<string, number | Partial<SubnetPoolUse>>>): ExpansionFacts => {
  const uses = new Map<string, SubnetPoolUse>(
    Object.entries(percent).map(([text, said]) => {
      const prefix = parsePrefix(text);
      const total = prefixSize(prefix);
      const out = typeof said === 'number' ? (total * BigInt(said)) / 100n : (said.out ?? 0n);
      const more = typeof said === 'number' ? {} : said;
      return [
        `topology-${text.replaceAll(/[/:]/g, '-')}`,
        { ...idle, total, out, isEmpty: out === 0n, ...more },
      ] as const;
    }),
  );
  return { use: (pool) => uses.get(pool), pools: [] };
};

const said = (object: Resource, facts: ExpansionFacts): readonly string[] => {
  const { changes, full } = planExpansion(parseTopology(object), facts);
  return [
    ...changes.map(({ change, grown: { place, subnet } }) => `${formatPrefix(subnet.prefix)} ${change} ${place.id}`),
    ...full.map(({ place, purpose }) => `${place.id} has no room for ${purpose}`),
  ];
};
const grownBy = (object: Resource, facts: ExpansionFacts): Resource => {
  const topology = parseTopology(object);
  return withChanges(object, topology, planExpansion(topology, facts).changes);
};
const subnetsOf = (object: Resource, id: string): readonly string[] =>
  [...placesOf(parseTopology(object))]
    .filter((place) => place.id === id)
    .flatMap(({ subnets }) => subnets.map(({ prefix }) => formatPrefix(prefix)));

const two = network([rack('tor-1', '10.1.0.0/24'), rack('tor-2', '10.1.4.0/24')]);

describe('the subnets of a rack that become full', () => {
  it('get as much again, next to them, of the pod’s free space', () => {
    expect(said(two, used({ '10.1.0.0/24': 81 }))).toEqual(['10.1.1.0/24 appears tor-1']);
    expect(subnetsOf(grownBy(two, used({ '10.1.0.0/24': 81 })), 'tor-1')).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
  });

  it('get nothing at four fifths, nor before', () => {
    expect(said(two, used({ '10.1.0.0/24': { total: 100n, out: 80n } }))).toEqual([]);
    expect(said(two, used({ '10.1.0.0/24': { total: 100n, out: 81n } }))).toEqual(['10.1.1.0/24 appears tor-1']);
  });

  it('get it as early or late as the topology says', () => {
    const early = network([rack('tor-1', '10.1.0.0/24')], { expansion: { above_percent: 50 } });
    expect(said(early, used({ '10.1.0.0/24': 51 }))).toEqual(['10.1.1.0/24 appears tor-1']);
    const late = network([rack('tor-1', '10.1.0.0/24')], { expansion: { above_percent: 95 } });
    expect(said(late, used({ '10.1.0.0/24': 94 }))).toEqual([]);
  });

  it('are full together: one that has room does for the other, if it is for the same', () => {
    const object = network([rack('tor-1', '10.1.0.0/24', '10.1.2.0/24', { cidr: '10.1.8.0/24', purpose: 'storage' })]);
    expect(said(object, used({ '10.1.0.0/24': 100 }))).toEqual([]);
    expect(said(object, used({ '10.1.0.0/24': 100, '10.1.2.0/24': 70 }))).toEqual(['10.1.1.0/24 appears tor-1']);
    expect(said(object, used({ '10.1.8.0/24': 90 }))).toEqual(['10.1.9.0/24 appears tor-1']);
  });

  it('take from the ranges of the rack before those of its pod, and from those before the zone’s', () => {
    const own = network([{ ...rack('tor-1', '10.1.0.0/25'), cidr: '10.1.0.0/24' }, rack('tor-2', '10.1.4.0/24')]);
    expect(said(own, used({ '10.1.0.0/25': 90 }))).toEqual(['10.1.0.128/25 appears tor-1']);
    const full = network([{ ...rack('tor-1', '10.1.0.0/24'), cidr: '10.1.0.0/24' }]);
    expect(said(full, used({ '10.1.0.0/24': 90 }))).toEqual(['10.1.1.0/24 appears tor-1']);
    const small = network([rack('tor-1', '10.1.0.0/24')], {}, { cidr: '10.1.0.0/24' });
    expect(said(small, used({ '10.1.0.0/24': 90 }))).toEqual(['10.1.1.0/24 appears tor-1']);
  });

  it('leave alone what is another place’s, a pool that people made, and what comes to a neighbour at the same time', () => {
    const beside = network([rack('tor-1', '10.1.0.0/24'), { ...rack('tor-2'), cidr: '10.1.1.0/24' }]);
    expect(said(beside, used({ '10.1.0.0/24': 90 }))).toEqual(['10.1.2.0/24 appears tor-1']);
    const facts = { ...used({ '10.1.0.0/24': 90 }), pools: [parsePrefix('10.1.1.64/26')] };
    expect(said(two, facts)).toEqual(['10.1.2.0/24 appears tor-1']);
    const near = network([rack('tor-1', '10.1.0.0/24'), rack('tor-2', '10.1.2.0/24')]);
    expect(said(near, used({ '10.1.0.0/24': 90, '10.1.2.0/24': 90 }))).toEqual([
      '10.1.1.0/24 appears tor-1',
      '10.1.3.0/24 appears tor-2',
    ]);
  });

  it.each<readonly [string, number | undefined, string]>([
    ['as large as the largest while nobody knows the pace', undefined, '10.1.1.0/24'],
    ['a quarter where they hardly grow', 0.01, '10.1.1.0/26'],
    ['a quarter where they shrink', -3, '10.1.1.0/26'],
    ['what a week takes', 1, '10.1.1.0/24'],
    ['no more than there is, however fast they grow', 1_000, '10.1.1.0/24'],
  ])('get %s', (_, perHour, prefix) => {
    const total = 256n;
    expect(said(two, used({ '10.1.0.0/24': { total, out: 250n, perHour: perHour as number } }))).toEqual([
      `${prefix} appears tor-1`,
    ]);
  });

  it('get down to a quarter where there is no more, and are told of where that is not left either', () => {
    const tors = [rack('tor-1', '10.1.0.0/25', '10.1.0.128/26')];
    const pod = { cidr: '10.1.0.0/24' };
    const object = network(tors, {}, pod);
    const bounded = { ...object, spec: { zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', ...pod, tors }] }] } };
    const facts = used({ '10.1.0.0/25': 90, '10.1.0.128/26': 90 });
    expect(said(bounded, facts)).toEqual(['10.1.0.192/26 appears tor-1']);
    const grown = grownBy(bounded, facts);
    expect(said(grown, used({ '10.1.0.0/25': 90, '10.1.0.128/26': 90, '10.1.0.192/26': 90 }))).toEqual([
      'tor-1 has no room for default',
    ]);
  });

  it('get nothing where nobody said of which ranges', () => {
    const object = {
      ...two,
      spec: { zones: [{ id: 'z', pods: [{ id: 'p', tors: [rack('tor-1', '10.1.0.0/24')] }] }] },
    };
    expect(said(object, used({ '10.1.0.0/24': 100 }))).toEqual(['tor-1 has no room for default']);
  });

  it('are asked for room once: what is not a pool yet counts as empty', () => {
    const facts = used({ '10.1.0.0/24': 100 });
    expect(said(grownBy(two, facts), facts)).toEqual([]);
  });

  it('are let be while a pool of them is switched off, or going', () => {
    expect(said(two, used({ '10.1.0.0/24': { out: 250n, isOff: true } }))).toEqual([]);
    expect(said(two, used({ '10.1.0.0/24': { out: 250n, isGoing: true } }))).toEqual([]);
  });
});

describe('which subnets get more by themselves', () => {
  const gateway = { cidr: '10.1.0.0/24', gateway: '10.1.0.1' };
  it.each<readonly [string, object, object, readonly string[]]>([
    ['not one with a gateway, of which its router has to be told', gateway, {}, []],
    ['not one of a VLAN', { cidr: '10.1.0.0/24', vlan: 7 }, {}, []],
    ['one of blocks', { ...gateway, block_size: 28 }, {}, ['10.1.1.0/24 appears tor-1']],
    ['any where the topology says so', gateway, { expansion: { subnets: 'all' } }, ['10.1.1.0/24 appears tor-1']],
    ['none where it says so', { cidr: '10.1.0.0/24' }, { expansion: { subnets: 'none' } }, []],
  ])('%s', (_, subnet, more, expected) => {
    expect(said(network([rack('tor-1', subnet)], more), used({ '10.1.0.0/24': 90 }))).toEqual(expected);
  });

  it.each([
    ['10.1.0.1', '10.1.1.1'],
    ['10.1.0.254', '10.1.1.254'],
    ['169.254.1.1', '169.254.1.1'],
  ])('with the gateway %s at the same place of it: %s', (own, other) => {
    const subnet = { cidr: '10.1.0.0/24', gateway: own, block_size: 28, purpose: 'storage' };
    const [change] = planExpansion(
      parseTopology(network([rack('tor-1', subnet)])),
      used({ '10.1.0.0/24': 90 }),
    ).changes;
    const made = change?.grown.subnet;
    expect(made?.gateway && formatAddress(made.gateway)).toBe(other);
    expect(made).toMatchObject({ blockSize: 28, purpose: 'storage', isGrown: true });
  });
});

describe('a prefix that came by itself', () => {
  const grown = grownBy(two, used({ '10.1.0.0/24': 90 }));

  it('goes when it is empty and much is left without it, in two steps', () => {
    const calm = used({ '10.1.0.0/24': 40, '10.1.1.0/24': 0 });
    expect(said(grown, calm)).toEqual(['10.1.1.0/24 leaves tor-1']);
    const leaving = grownBy(grown, calm);
    expect(subnetsOf(leaving, 'tor-1')).toEqual(['10.1.0.0/24']);
    expect(said(leaving, calm)).toEqual([]);
    expect(said(leaving, used({ '10.1.0.0/24': 40 }))).toEqual(['10.1.1.0/24 gone tor-1']);
    expect(grownBy(leaving, used({ '10.1.0.0/24': 40 })).status).toEqual({ grown: [] });
  });

  it('is nobody else’s until its pool is gone', () => {
    const leaving = grownBy(grown, used({ '10.1.0.0/24': 10, '10.1.1.0/24': 0 }));
    const facts = used({ '10.1.0.0/24': 10, '10.1.1.0/24': 0, '10.1.4.0/24': 100 });
    expect(said(leaving, facts)).toEqual(['10.1.5.0/24 appears tor-2']);
    expect(said(leaving, used({ '10.1.0.0/24': 90, '10.1.1.0/24': 0 }))).toEqual(['10.1.2.0/24 appears tor-1']);
  });

  it.each<readonly [string, Readonly<Record<string, number | Partial<SubnetPoolUse>>>]>([
    ['while it is used', { '10.1.0.0/24': 1, '10.1.1.0/24': 1 }],
    ['while a node has an empty block of it', { '10.1.0.0/24': 1, '10.1.1.0/24': { isEmpty: false } }],
    ['while it would soon be wanted again', { '10.1.0.0/24': 41, '10.1.1.0/24': 0 }],
    ['while what people wrote is switched off', { '10.1.0.0/24': { isOff: true }, '10.1.1.0/24': 0 }],
    ['while it is no pool yet', { '10.1.0.0/24': 0 }],
  ])('stays %s', (_, use) => {
    expect(said(grown, used(use))).toEqual([]);
  });

  it('stays after all when somebody was faster than its end', () => {
    const leaving = grownBy(grown, used({ '10.1.0.0/24': 10, '10.1.1.0/24': 0 }));
    const facts = used({ '10.1.0.0/24': 10, '10.1.1.0/24': 1 });
    expect(said(leaving, facts)).toEqual(['10.1.1.0/24 stays tor-1']);
    expect(subnetsOf(grownBy(leaving, facts), 'tor-1')).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
  });

  it.each<readonly [string, readonly object[]]>([
    ['its rack is gone', [rack('tor-2', '10.1.4.0/24')]],
    ['people gave its addresses to another', [rack('tor-1', '10.1.0.0/24'), rack('tor-2', '10.1.1.128/25')]],
    ['people made it a range of another', [rack('tor-1', '10.1.0.0/24'), { ...rack('tor-2'), cidr: '10.1.1.0/24' }]],
  ])('is none of the topology any more where %s', (_, tors) => {
    expect(parseTopology({ ...network(tors), status: grown.status }).grown).toEqual([]);
  });

  it('is people’s own when they write it down', () => {
    const object = { ...network([rack('tor-1', '10.1.0.0/24', '10.1.1.0/24')]), status: grown.status };
    expect(parseTopology(object).grown).toEqual([]);
    expect(subnetsOf(object, 'tor-1')).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
  });

  it.each([{ grown: 'all' }, { grown: [{ level: 'tor' }, 7, null] }, 'nothing', null, { more: 1 }])(
    'is not read of %j, which a hand wrote',
    (status) => {
      expect(parseTopology({ ...two, status }).grown).toEqual([]);
    },
  );
});
