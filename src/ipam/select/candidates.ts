import type { Family } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { compilePattern, isPattern } from '../../resources/wildcard.ts';
import type { PoolPreference, PoolSource } from '../request.ts';
import { nodeTitle } from './affinity.ts';
import { bothFamilies as both, type Candidates } from './candidate-pools.ts';
import { ofName } from './candidates-by-name.ts';
import { noPool, type Reason, type Rejection } from './rejection.ts';
import { type NodePlaces, placeMismatch } from './topology-affinity.ts';

/** A PoolSource whose inline ranges have become pools, one address from each set, and whose automatic pools have been found. */
export type SelectSource =
  | Exclude<PoolSource, { kind: 'ranges' | 'automatic' }>
  | { readonly kind: 'sets'; readonly sets: readonly (readonly string[])[] };

/** The node that an interface is on, and where that is. */
export interface Whereabouts {
  readonly node: string;
  readonly nodeTitle?: string | undefined;
  readonly places?: NodePlaces | undefined;
}

/**
 * @param families empty: each family that the source names; of the default pools, and of those of a purpose, those that the node's place has
 * @param pools sorted by name: of equals the first by name is tried first
 * @throws IpamError not-found (no such pool, or none of a family asked for), invalid-config
 */
export function candidatesOf(
  source: SelectSource,
  families: readonly Family[],
  pools: readonly Pool[],
  where: Whereabouts,
): readonly Candidates[] {
  switch (source.kind) {
    case 'sets':
      return ofSets(source.sets, families, pools);
    case 'preferred':
      return ofPreference(source.preference, families, pools);
    case 'named':
      return byFamily({ chosen: source.pools.map((name) => named(name, pools)), rejected: [] }, families);
    case 'default':
      return byFamily(defaultsAmong(pools, where), families, true);
    case 'by-name':
      return ofName(source, families, pools, () => defaultsAmong(pools, where).chosen);
    case 'purpose':
      return ofPurpose(source, families, pools, where);
    case 'subnet': {
      const wanted = source.subnets.map(formatPrefix);
      const chosen = split(pools, (pool) => subnetMismatch(pool, wanted, source.blockSize));
      return byFamily(chosen, families);
    }
  }
}

function ofSets(
  sets: readonly (readonly string[])[],
  families: readonly Family[],
  pools: readonly Pool[],
): readonly Candidates[] {
  const all = sets.map((names) => oneFamily(names.map((name) => named(name, pools))));
  return families.length === 0 ? all : all.filter(({ family }) => families.includes(family));
}

function oneFamily(pools: readonly Pool[]): Candidates {
  const [first] = pools;
  if (first === undefined) throw new IpamError('invalid-config', 'an empty set of pools');
  const mixed = pools.find(({ family }) => family !== first.family);
  if (mixed !== undefined) {
    throw new IpamError('invalid-config', `pools "${first.name}" and "${mixed.name}" of one set differ in IP family`);
  }
  return { family: first.family, pools, rejected: [] };
}

/** Each family has names of its own. A pool that is not there is passed over: the next one may do. */
function ofPreference({ origin, names }: PoolPreference, families: readonly Family[], pools: readonly Pool[]) {
  const asked = families.length > 0 ? families : both.filter((family) => names[family].length > 0);
  if (asked.length === 0) throw noPool(undefined, [], origin);
  return asked.map((family): Candidates => {
    const chosen = new Set<Pool>();
    const rejected: Rejection[] = [];
    for (const name of names[family]) {
      const found = isPattern(name) ? matching(name, family, pools) : pools.filter((pool) => pool.name === name);
      if (found.length === 0) {
        rejected.push({
          pool: name,
          reason: () => (isPattern(name) ? `matches no IPv${family} pool` : 'does not exist'),
        });
      }
      for (const pool of found) {
        if (pool.family === family) chosen.add(pool);
        else rejected.push({ pool: pool.name, reason: () => `is an IPv${pool.family} pool` });
      }
    }
    return { family, pools: [...chosen], rejected, origin, ranked: true };
  });
}

function matching(pattern: string, family: Family, pools: readonly Pool[]): readonly Pool[] {
  const matches = compilePattern(pattern);
  return pools.filter((pool) => pool.family === family && matches(pool.name));
}

interface Choice {
  readonly chosen: readonly Pool[];
  readonly rejected: readonly Rejection[];
}

/** @param origin where the pools are named, for messages; absent: in the network's configuration, or nowhere */
function byFamily(
  { chosen, rejected }: Choice,
  families: readonly Family[],
  ranked = false,
  origin?: string,
): readonly Candidates[] {
  const asked = families.length > 0 ? families : both.filter((family) => chosen.some((pool) => pool.family === family));
  if (asked.length === 0) throw noPool(undefined, rejected, origin);
  return asked.map((family) => {
    const pools = chosen.filter((pool) => pool.family === family);
    if (pools.length > 0) return { family, pools, rejected, ranked, ...(origin === undefined ? {} : { origin }) };
    const others = chosen.map(({ name, family: has }) => ({ pool: name, reason: () => `is an IPv${has} pool` }));
    throw noPool(family, [...rejected, ...others], origin);
  });
}

/** The same until a pool changes or the node moves, and asked for at nearly every ADD. */
const knownDefaults = new WeakMap<readonly Pool[], { readonly where: Whereabouts; readonly choice: Choice }>();

/** Of a network of 800 racks a node has one: the others are none of its pools, in whichever IP families they are. */
function defaultsAmong(pools: readonly Pool[], where: Whereabouts): Choice {
  const { node, places } = where;
  const known = knownDefaults.get(pools);
  // One object until the node's place is looked at anew.
  if (known?.where.node === node && known.where.places === places) return known.choice;
  const title = nodeTitle(where);
  const choice = split(pools, (pool) => notDefault(pool) ?? placeMismatch(pool, title, places));
  knownDefaults.set(pools, { where: { node, places }, choice });
  return choice;
}

/** Of the place of the node only, as defaults are: those of 800 racks would be named in each refusal. */
function ofPurpose(
  { purpose, origin }: Extract<SelectSource, { kind: 'purpose' }>,
  families: readonly Family[],
  pools: readonly Pool[],
  where: Whereabouts,
): readonly Candidates[] {
  const forIt = split(pools, (pool) => purposeMismatch(pool, purpose));
  if (forIt.chosen.length === 0) throw noPurpose(purpose, pools, origin);
  const title = nodeTitle(where);
  const near = split(forIt.chosen, (pool) => placeMismatch(pool, title, where.places));
  return byFamily(near, families, true, origin);
}

function purposeMismatch({ purpose }: Pool, wanted: string): Reason | undefined {
  return purpose === wanted ? undefined : () => (purpose === undefined ? 'has no purpose' : `is for ${purpose}`);
}

function noPurpose(purpose: string, pools: readonly Pool[], origin: string | undefined): IpamError {
  const known = [...new Set(pools.flatMap((pool) => pool.purpose ?? []))].sort();
  const where = origin === undefined ? '' : ` (${origin})`;
  return new IpamError('not-found', `no pool has the purpose "${purpose}"${where}`, {
    advice:
      known.length === 0
        ? 'no pool has one: set spec.purpose, or apply a topology whose subnets say theirs'
        : `purposes: ${known.join(', ')}`,
    facts: { purpose },
  });
}

function notDefault({ isDefault }: Pool): Reason | undefined {
  return isDefault ? undefined : () => 'is not a default pool';
}

function subnetMismatch(
  { subnet, family, blockSize }: Pool,
  wanted: readonly string[],
  wantedSize: number | undefined,
): Reason | undefined {
  const text = formatPrefix(subnet);
  if (!wanted.includes(text)) return () => `has subnet ${text}, not ${wanted.join(', ')}`;
  if (family === 6 || wantedSize === undefined || wantedSize === blockSize) return undefined;
  return () => (blockSize === undefined ? 'leases no blocks' : `leases /${blockSize} blocks, not /${wantedSize}`);
}

function split(pools: readonly Pool[], reject: (pool: Pool) => Reason | undefined): Choice {
  const chosen: Pool[] = [];
  const rejected: Rejection[] = [];
  for (const pool of pools) {
    const reason = reject(pool);
    if (reason === undefined) chosen.push(pool);
    else rejected.push({ pool: pool.name, reason });
  }
  return { chosen, rejected };
}

function named(name: string, pools: readonly Pool[]): Pool {
  const pool = pools.find((candidate) => candidate.name === name);
  if (pool !== undefined) return pool;
  const known = pools.map((candidate) => candidate.name).sort();
  throw new IpamError('not-found', `no pool is named "${name}"`, {
    advice: known.length === 0 ? 'no pool exists; create one with ipam-cli apply -f' : `pools: ${known.join(', ')}`,
    facts: { pool: name },
  });
}
