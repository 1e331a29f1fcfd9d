import { type Address, type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix, prefixContains } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import type { Pool } from '../resources/pool.ts';
import type { PoolSource } from './request.ts';

/** A pool that was looked at and not taken, with the reason a person needs. */
export interface Rejection {
  readonly pool: string;
  readonly reason: string;
}

/** One address that an interface is to get. */
export interface Want {
  readonly family: Family;
  /** Pools to try, in order; never empty. */
  readonly candidates: readonly Pool[];
  readonly rejected: readonly Rejection[];
  /** Exactly this address, or none. */
  readonly requested?: Address;
}

/** A PoolSource whose inline ranges have become pools: one address from each set. */
export type SelectSource =
  | Exclude<PoolSource, { kind: 'ranges' }>
  | { readonly kind: 'sets'; readonly sets: readonly (readonly string[])[] };

export interface SelectRequest {
  readonly source: SelectSource;
  /** Empty: each family that the source has. */
  readonly families: readonly Family[];
  readonly requested: readonly Address[];
}

interface Draft {
  readonly family: Family;
  readonly candidates: Pool[];
  readonly rejected: Rejection[];
  requested?: Address;
}

/**
 * Which pools may this interface use, in what order?
 * @throws IpamError not-found (no such pool, or none of a family asked for), address-not-allowed, invalid-argument
 */
export function selectPools(request: SelectRequest, pools: readonly Pool[]): readonly Want[] {
  const drafts = draftWants(request, pools);
  for (const address of request.requested) assignRequested(address, drafts);
  for (const draft of drafts) dropDisabled(draft);
  return drafts;
}

function draftWants(request: SelectRequest, pools: readonly Pool[]): readonly Draft[] {
  const { source, families } = request;
  if (source.kind === 'sets') {
    const drafts = source.sets.map((names) =>
      draftOf(
        names.map((name) => named(name, pools)),
        [],
      ),
    );
    return families.length === 0 ? drafts : drafts.filter(({ family }) => families.includes(family));
  }
  const { chosen, rejected } = chosenPools(source, pools);
  const asked: readonly Family[] = families.length > 0 ? families : familiesOf(chosen);
  if (asked.length === 0) throw noPool('no pool to allocate from', rejected);
  return asked.map((family) => {
    const candidates = chosen.filter((pool) => pool.family === family);
    const others = chosen
      .filter((pool) => pool.family !== family)
      .map(({ name, family: has }) => ({ pool: name, reason: `is an IPv${has} pool` }));
    if (candidates.length === 0) throw noPool(`no IPv${family} pool to allocate from`, [...rejected, ...others]);
    return draftOf(candidates, rejected);
  });
}

function chosenPools(
  source: Exclude<SelectSource, { kind: 'sets' }>,
  pools: readonly Pool[],
): { chosen: readonly Pool[]; rejected: readonly Rejection[] } {
  switch (source.kind) {
    case 'named':
      return { chosen: source.pools.map((name) => named(name, pools)), rejected: [] };
    case 'default':
      return split(pools, ({ isDefault }) => (isDefault ? undefined : 'is not a default pool'));
    case 'subnet': {
      const wanted = source.subnets.map(formatPrefix);
      return split(pools, ({ subnet, family, blockSize }) => {
        if (!wanted.includes(formatPrefix(subnet)))
          return `has subnet ${formatPrefix(subnet)}, not ${wanted.join(', ')}`;
        if (family === 6 || source.blockSize === undefined || source.blockSize === blockSize) return undefined;
        return blockSize === undefined ? 'leases no blocks' : `leases /${blockSize} blocks, not /${source.blockSize}`;
      });
    }
  }
}

function split(pools: readonly Pool[], reject: (pool: Pool) => string | undefined) {
  const chosen: Pool[] = [];
  const rejected: Rejection[] = [];
  for (const pool of pools.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const reason = reject(pool);
    if (reason === undefined) chosen.push(pool);
    else rejected.push({ pool: pool.name, reason });
  }
  return { chosen, rejected };
}

function draftOf(candidates: readonly Pool[], rejected: readonly Rejection[]): Draft {
  const [first] = candidates;
  if (first === undefined) throw noPool('an empty set of pools', rejected);
  const mixed = candidates.find(({ family }) => family !== first.family);
  if (mixed !== undefined) {
    throw new IpamError('invalid-config', `pools "${first.name}" and "${mixed.name}" of one set differ in IP family`);
  }
  return { family: first.family, candidates: [...candidates], rejected: [...rejected] };
}

/** An exact address belongs to the first want that could give it and has none yet. */
function assignRequested(address: Address, drafts: readonly Draft[]): void {
  const text = formatAddress(address);
  const holds = (pool: Pool) => prefixContains(pool.subnet, address);
  const draft = drafts.find(({ requested, candidates }) => requested === undefined && candidates.some(holds));
  if (draft === undefined) {
    const double = drafts.some(({ requested, candidates }) => requested !== undefined && candidates.some(holds));
    if (double)
      throw new IpamError(
        'invalid-argument',
        `more addresses requested than the interface gets: ${text} is one too many`,
      );
    const subnets = drafts.flatMap(({ candidates }) =>
      candidates.map(({ name, subnet }) => `"${name}" ${formatPrefix(subnet)}`),
    );
    throw new IpamError(
      'address-not-allowed',
      `requested address ${text} is in none of the pools: ${subnets.join(', ')}`,
      {
        facts: { address: text },
      },
    );
  }
  draft.requested = address;
  reject(draft, (pool) => (holds(pool) ? undefined : `does not hold the requested address ${text}`));
}

function dropDisabled(draft: Draft): void {
  reject(draft, ({ disabled }) => (disabled ? 'is disabled' : undefined));
  if (draft.candidates.length === 0) throw noPool(`no IPv${draft.family} pool to allocate from`, draft.rejected);
}

function reject(draft: Draft, reasonOf: (pool: Pool) => string | undefined): void {
  for (const pool of [...draft.candidates]) {
    const reason = reasonOf(pool);
    if (reason === undefined) continue;
    draft.candidates.splice(draft.candidates.indexOf(pool), 1);
    draft.rejected.push({ pool: pool.name, reason });
  }
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

function familiesOf(pools: readonly Pool[]): readonly Family[] {
  return ([4, 6] as const).filter((family) => pools.some((pool) => pool.family === family));
}

function noPool(what: string, rejected: readonly Rejection[]): IpamError {
  const reasons = rejected.map(({ pool, reason }) => `"${pool}" ${reason}`).join('; ');
  return new IpamError('not-found', reasons === '' ? what : `${what}: ${reasons}`, {
    advice:
      'create a pool with ipam-cli apply -f, set spec.default: true on one, or name one in the network configuration',
    facts: { rejected },
  });
}
