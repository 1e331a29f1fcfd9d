import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastAddress, type Prefix, parsePrefix, prefixCovers, prefixesOverlap, prefixSize } from '../ip/prefix.ts';
import { prefixRange } from '../ip/range.ts';
import { type RangeSet, rangeSet, subtract, summarise } from '../ip/range-set.ts';
import { parseTopology, topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource } from '../resources/resource.ts';
import { subnetPoolName } from '../resources/topology/subnet-pool.ts';
import { outward, type Place, placesOf, type Topology } from '../resources/topology/topology.ts';
import { type ExpansionFacts, planExpansion } from './expansion.ts';
import { adjacentPrefix, freeAround } from './free-space.ts';
import { withChanges } from './growth-status.ts';

/** Racks with a few subnets each, in two pods; slots of 10.0.0.0/16 that nobody has twice. */
const networks = fc
  .record({
    slots: fc.uniqueArray(fc.integer({ min: 0, max: 127 }), { minLength: 2, maxLength: 10 }),
    racks: fc.integer({ min: 1, max: 4 }),
    bound: fc.constantFrom('cluster', 'zone', 'pods'),
    blocks: fc.boolean(),
  })
  .map(({ slots, racks, bound, blocks }): Resource => {
    const tors = (from: number) =>
      Array.from({ length: racks }, (_, rack) => ({
        id: `tor-${from}-${rack}`,
        subnets: slots
          .filter((slot) => Math.floor(slot / 64) === from && slot % racks === rack)
          .map((slot) => ({
            cidr: `10.0.${slot * 2}.0/24`,
            ...(blocks ? { block_size: 27 } : {}),
            purpose: slot % 3 === 0 ? 'storage' : 'default',
          })),
      }));
    const pods = [0, 1].map((pod) => ({
      id: `pod-${pod}`,
      ...(bound === 'pods' ? { cidr: `10.0.${pod * 128}.0/17` } : {}),
      tors: tors(pod),
    }));
    const zone = { id: 'zone-a', ...(bound === 'zone' ? { cidr: '10.0.0.0/16' } : {}), pods };
    return {
      ...{ apiVersion: 'berth.network/v1alpha1', kind: topologyKind, metadata: { name: topologyName } },
      spec: { ...(bound === 'cluster' ? { cluster_cidr: '10.0.0.0/16' } : {}), zones: [zone] },
    };
  });

/** How full each pool is at each look, as numbers to be drawn from in turn. */
const looks = fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 12 }), { maxLength: 12 });

function factsOf(topology: Topology, percents: readonly number[]): ExpansionFacts {
  const subnets = [...placesOf(topology)].flatMap((place) => place.subnets);
  const leaving = topology.grown.filter(({ isLeaving }) => isLeaving).map(({ subnet }) => subnet);
  const uses = new Map(
    [...subnets, ...leaving].map(({ prefix }, index) => {
      const percent = percents[index % percents.length] ?? 0;
      const total = prefixSize(prefix);
      const out = (total * BigInt(percent)) / 100n;
      // Some pools of prefixes that leave are gone by now.
      const isGone = leaving.some((one) => one.prefix === prefix) && percent < 30;
      return [
        subnetPoolName(prefix),
        isGone
          ? undefined
          : { total, out, isEmpty: out === 0n, isOff: percent === 13, isGoing: false, perHour: percent / 10 },
      ] as const;
    }),
  );
  return { use: (pool) => uses.get(pool), pools: [] };
}

const isDisjoint = (prefixes: readonly Prefix[]): boolean =>
  prefixes.every((one, at) => prefixes.slice(at + 1).every((other) => !prefixesOverlap(one, other)));

const isOfRanges = (place: Place, prefix: Prefix, topology: Topology): boolean =>
  [...[...outward(place)].flatMap(({ ranges }) => ranges), ...topology.ranges].some((range) =>
    prefixCovers(range.prefix, prefix),
  );

describe('whatever is asked of a topology by how full it is', () => {
  it('all that comes is of the ranges around it, and nobody else’s, and nothing that is kept is lost', () => {
    fc.assert(
      fc.property(networks, looks, (object, rounds) => {
        let now = object;
        for (const percents of rounds) {
          const before = parseTopology(now);
          const { changes } = planExpansion(before, factsOf(before, percents));
          now = withChanges(now, before, changes);
          const after = parseTopology(now);
          const gone = changes.filter(({ change }) => change === 'gone').length;
          const came = changes.filter(({ change }) => change === 'appears').length;
          expect(after.grown.length).toBe(before.grown.length + came - gone);
          const all = [...placesOf(after)].flatMap(({ subnets }) => subnets.map(({ prefix }) => prefix));
          const leaving = after.grown.filter(({ isLeaving }) => isLeaving).map(({ subnet }) => subnet.prefix);
          expect(isDisjoint([...all, ...leaving])).toBe(true);
          for (const { place, subnet } of after.grown) expect(isOfRanges(place, subnet.prefix, after)).toBe(true);
        }
      }),
    );
  });

  it('nothing is given twice for the same', () => {
    fc.assert(
      fc.property(networks, fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }), (object, percents) => {
        const before = parseTopology(object);
        const facts = factsOf(before, percents);
        const { changes } = planExpansion(before, facts);
        const after = parseTopology(withChanges(object, before, changes));
        const again = planExpansion(after, facts).changes.map(({ grown }) => grown.place.id + grown.subnet.purpose);
        // A quarter may be too little for what is quite full, and then more comes; as much again never is.
        for (const { grown } of changes) {
          const own = [...placesOf(before)].find(({ id }) => id === grown.place.id)?.subnets ?? [];
          const alike = own.filter(({ purpose }) => purpose === grown.subnet.purpose);
          const size = alike.reduce((sum, { prefix }) => sum + prefixSize(prefix), 0n);
          if (prefixSize(grown.subnet.prefix) >= size)
            expect(again).not.toContain(grown.place.id + grown.subnet.purpose);
        }
      }),
    );
  });
});

const slash = (length: number) => fc.integer({ min: 0, max: 2 ** (length - 20) - 1 }).map((at) => ({ at, length }));
const smallPrefixes = fc
  .array(fc.integer({ min: 21, max: 26 }).chain(slash), { maxLength: 8 })
  .map((list) => list.map(({ at, length }): Prefix => prefixAt(at, length)));
const whole = parsePrefix('10.9.0.0/20');

function prefixAt(index: number, length: number): Prefix {
  const value = whole.address.value + BigInt(index) * (1n << BigInt(32 - length));
  return { address: { family: 4, value }, length };
}

/** Each prefix of the length, looked at one by one. */
function naive(
  free: RangeSet,
  length: number,
  beside: readonly Prefix[],
): { routes: number; distance: bigint } | undefined {
  let best: { routes: number; distance: bigint } | undefined;
  for (let at = 0; at < 2 ** (length - 20); at += 1) {
    const prefix = prefixAt(at, length);
    if (subtract(rangeSet([prefixRange(prefix)]), free).ranges.length > 0) continue;
    const rated = rate(prefix, beside);
    if (best === undefined || rated.routes < best.routes) best = rated;
    else if (rated.routes === best.routes && rated.distance < best.distance) best = rated;
  }
  return best;
}

function rate(prefix: Prefix, beside: readonly Prefix[]): { routes: number; distance: bigint } {
  const routes = summarise(rangeSet([...beside, prefix].map(prefixRange))).length;
  const [nearest = 0n] = beside
    .map((one) =>
      one.address.value < prefix.address.value
        ? prefix.address.value - lastAddress(one).value - 1n
        : one.address.value - lastAddress(prefix).value - 1n,
    )
    .sort((a, b) => (a < b ? -1 : 1));
  return { routes, distance: nearest };
}

describe('the prefix next to others', () => {
  it('is as good as the best of all that are free', () => {
    fc.assert(
      fc.property(smallPrefixes, smallPrefixes, fc.integer({ min: 22, max: 27 }), (taken, own, length) => {
        const free = subtract(rangeSet([prefixRange(whole)]), rangeSet([...taken, ...own].map(prefixRange)));
        const found = adjacentPrefix(free, length, own);
        expect(found === undefined ? undefined : rate(found, own)).toEqual(naive(free, length, own));
      }),
    );
  });

  it('is looked for in the ranges of the place, then around it, and never in those of another', () => {
    const topology = parseTopology({
      ...{ apiVersion: 'berth.network/v1alpha1', kind: topologyKind, metadata: { name: topologyName } },
      spec: {
        cluster_cidr: '10.0.0.0/8',
        zones: [
          {
            id: 'a',
            pods: [
              {
                id: 'p',
                cidr: '10.1.0.0/16',
                tors: [
                  { id: 't', cidr: '10.1.0.0/24' },
                  { id: 'u', cidr: '10.1.1.0/24' },
                ],
              },
              { id: 'q', cidr: '10.2.0.0/16' },
            ],
          },
        ],
      },
    });
    const tor = [...placesOf(topology)].find(({ id }) => id === 't') as Place;
    const first = [...freeAround(tor, 4, topology, rangeSet([]))].map((free) => summarise(free)[0]);
    expect(first).toEqual([parsePrefix('10.1.0.0/24'), parsePrefix('10.1.2.0/23'), parsePrefix('10.0.0.0/16')]);
    expect([...freeAround(tor, 6, topology, rangeSet([]))]).toEqual([]);
  });
});
