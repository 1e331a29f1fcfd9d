import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Pool, type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Consumer } from './affinity.ts';
import type { SelectSource } from './candidates.ts';
import type { ToldRejection } from './rejection.ts';
import { type Selection, selectPools } from './select.ts';

const some = fc.constantFrom('x', 'y');
const labels = fc.record({ k: some }, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;
const selector = labels.map((matchLabels) => ({ matchLabels }));

const spec = fc.record(
  {
    subnet: fc.constant(''),
    default: fc.boolean(),
    disable: fc.boolean(),
    podAffinity: selector,
    namespaceAffinity: selector,
    namespaceName: fc.array(some, { maxLength: 2 }),
    nodeAffinity: selector,
    nodeName: fc.array(some, { maxLength: 2 }),
    multusName: fc.array(
      some.map((name) => `x/${name}`),
      { maxLength: 2 },
    ),
    vlan: fc.constantFrom(0, 5),
  },
  { requiredKeys: ['subnet'] },
);

const poolsOf = fc
  .array(fc.record({ six: fc.boolean(), spec }), { maxLength: 12 })
  .map((list) => list.map(({ six, spec: given }, index) => poolOf(index, six, given)));

const consumers: fc.Arbitrary<Consumer> = fc
  .record({ node: some, namespace: some, pod: labels, home: labels, host: labels, network: some, known: fc.boolean() })
  .map(({ node, namespace, pod, home, host, network, known }) => ({
    node,
    ifname: 'net1',
    pod: { namespace, name: 'p', uid: '' },
    ...(known
      ? {
          facts: {
            pod: { labels: pod, annotations: {} },
            namespace: { labels: home, annotations: {} },
            node: { labels: host },
          },
          interfaceNetwork: () => `x/${network}`,
        }
      : {}),
  }));

const names = fc.array(fc.constantFrom('p-0', 'p-1', 'p-7', 'p-*', 'p-[0-4]', '?-?', 'gone'), { maxLength: 4 });
const sources: fc.Arbitrary<SelectSource> = fc.oneof(
  fc.constant<SelectSource>({ kind: 'default' }),
  fc.record({ four: names, six: names }).map(
    ({ four, six }): SelectSource => ({
      kind: 'preferred',
      preference: { origin: 'test', names: { 4: four, 6: six } },
    }),
  ),
);

function poolOf(index: number, six: boolean, given: Partial<PoolSpec>): Pool {
  const subnet = six ? `fd00:${index}::/64` : `10.${index}.0.0/16`;
  const metadata = { name: `p-${index}` };
  return parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata, spec: { ...given, subnet } });
}

/** The rules, said once more and in another way. */
function mayServe(pool: Pool, { node, pod, facts, interfaceNetwork }: Consumer): boolean {
  const fits = (
    wanted: { matchLabels?: Record<string, string> | undefined } | undefined,
    has?: Readonly<Record<string, string>>,
  ) => Object.entries(wanted?.matchLabels ?? {}).every(([key, value]) => has?.[key] === value);
  const network = interfaceNetwork?.();
  return (
    !pool.disabled &&
    (pool.nodeNames.length > 0 ? pool.nodeNames.includes(node) : fits(pool.nodeAffinity, facts?.node.labels)) &&
    (pool.namespaceNames.length > 0
      ? pool.namespaceNames.includes(pod?.namespace ?? '')
      : fits(pool.namespaceAffinity, facts?.namespace.labels)) &&
    fits(pool.podAffinity, facts?.pod.labels) &&
    (pool.multusNames.length === 0 || (network !== undefined && pool.multusNames.includes(network)))
  );
}

/** Pools of the family that the source means, by another way than compiled patterns. */
function meant(source: SelectSource, family: Family, pools: readonly Pool[]): readonly string[] {
  const ofFamily = pools.filter((pool) => pool.family === family);
  if (source.kind !== 'preferred') return ofFamily.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  const patterns = source.preference.names[family].map(
    (name) => new RegExp(`^${name.replaceAll('?', '.').replaceAll('*', '.*')}$`),
  );
  return ofFamily.map(({ name }) => name).filter((name) => patterns.some((pattern) => pattern.test(name)));
}

function outcomeOf(source: SelectSource, consumer: Consumer, pools: readonly Pool[]): readonly Selection[] | IpamError {
  try {
    return selectPools({ source, families: [], requested: [], consumer }, pools);
  } catch (error) {
    if (error instanceof IpamError) return error;
    throw error;
  }
}

describe('whatever pools there are and whoever asks', () => {
  it('each pool that is meant is a candidate, which may serve, or is passed over with a reason', () => {
    fc.assert(
      fc.property(poolsOf, consumers, sources, (pools, consumer, source) => {
        const outcome = outcomeOf(source, consumer, pools);
        if (outcome instanceof IpamError) {
          const rejected = (outcome.facts.rejected as readonly ToldRejection[]).map(({ pool }) => pool);
          const families = ([4, 6] as const).map((family) => meant(source, family, pools));
          // The error is about one family: all that is meant of it was passed over, and told.
          expect(families.some((list) => list.every((name) => rejected.includes(name)))).toBe(true);
          return;
        }
        for (const { family, candidates, rejected } of outcome) {
          const taken = candidates.map(({ name }) => name);
          const passed = rejected.map(({ pool }) => pool);
          expect(new Set(taken).size).toBe(taken.length);
          for (const pool of candidates) {
            expect(pool.family).toBe(family);
            expect(mayServe(pool, consumer)).toBe(true);
          }
          for (const name of meant(source, family, pools))
            expect(taken.includes(name) !== passed.includes(name)).toBe(true);
          for (const name of taken) expect(meant(source, family, pools)).toContain(name);
          for (const { reason } of rejected) expect(reason()).toMatch(/^[a-z]+ ./);
        }
        const vlans = outcome.flatMap(({ candidates }) => candidates.flatMap(({ vlan }) => vlan ?? []));
        expect(new Set(vlans).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
