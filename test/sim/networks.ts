import { parsePrefix } from '../../src/ip/prefix.ts';
import type { PoolSource } from '../../src/ipam/request.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';

/** How long a released address rests, milliseconds. */
export const cooldownMs = 30_000;

export interface SimNetwork {
  readonly name: string;
  readonly source: PoolSource;
}

/** Pools with room for everybody, in which no address may come back early, and tight ones, in which all is contended: of the
 * crumbs each block has one address, so that blocks are leased and handed back all the time. Odd and even are for half of the Pods each. */
const specs: Readonly<Record<string, PoolSpec>> = {
  blocks4: { subnet: '10.0.0.0/20', blockSize: 28, default: true },
  blocks6: { subnet: 'fd00::/108', blockSize: 120, default: true },
  shared: { subnet: '10.1.0.0/21', gateway: '10.1.0.1' },
  tight: { subnet: '10.2.0.0/28', gateway: '10.2.0.1' },
  crumbs: { subnet: '10.3.0.0/26', blockSize: 30 },
  odd: { subnet: '10.5.0.0/25', podAffinity: { matchLabels: { tier: 'odd' } } },
  even: { subnet: '10.5.1.0/25', podAffinity: { matchLabels: { tier: 'even' } } },
};

export const roomyPools: ReadonlySet<string> = new Set(['blocks4', 'blocks6', 'shared']);

export const networks: readonly SimNetwork[] = [
  { name: 'pods', source: { kind: 'default' } },
  { name: 'under', source: { kind: 'named', pools: ['shared'] } },
  { name: 'scarce', source: { kind: 'named', pools: ['tight', 'crumbs'] } },
  { name: 'tiers', source: { kind: 'wish', wish: { origin: 'network', names: { 4: ['odd', 'eve*'], 6: [] } } } },
  { name: 'crumbs', source: { kind: 'named', pools: ['crumbs'] } },
  {
    name: 'ranges',
    source: { kind: 'ranges', sets: [[{ subnet: parsePrefix('10.4.0.0/26') }]] },
  },
];

export function poolResource(name: string, changes: Partial<PoolSpec> = {}): PoolResource {
  const spec = specs[name];
  if (spec === undefined) throw new Error(`no pool is named ${name}`);
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec: { ...spec, ...changes } };
}

export const poolNames: readonly string[] = Object.keys(specs);
