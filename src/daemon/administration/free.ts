import { formatAddress, parseAddress } from '../../ip/address.ts';
import { comparePrefixes } from '../../ip/prefix.ts';
import { type RangeSet, rangeSet } from '../../ip/range-set.ts';
import { type Allocation, listPlaceOf } from '../../ipam/allocation.ts';
import { ofPoolLabel } from '../../ipam/claim/claim-labels.ts';
import type { Told, Unanswered } from '../../ipam/cluster-port.ts';
import { type FreeAddresses, freeParts } from '../../ipam/explain/free.ts';
import type { AllocationPage, BlockUsage, PageRequest } from '../../ipam/port.ts';
import type { Pool } from '../../resources/pool.ts';
import type { AdministrationParts } from './administration-parts.ts';
import { poolNamed } from './explain.ts';

type Parts = Pick<AdministrationParts, 'node' | 'catalog' | 'blocks' | 'shared' | 'sources'>;

/** Who can be asked for what is held: one daemon, or all of them. */
export interface Asked {
  readonly page: (request: PageRequest) => Promise<Told<AllocationPage>>;
  readonly blocks: () => Promise<Told<readonly BlockUsage[]>>;
}

/** This daemon alone: nobody is missing. */
export function askedAlone(
  page: (request: PageRequest) => Promise<AllocationPage>,
  blocks: () => Promise<readonly BlockUsage[]>,
): Asked {
  return {
    page: async (request) => ({ value: await page(request), unanswered: [] }),
    blocks: async () => ({ value: await blocks(), unanswered: [] }),
  };
}

const pageLimit = 1_000;

/**
 * What of a pool is free, and what goes next.
 * @param count of the next ones, at most
 * @throws IpamError not-found, store-unavailable
 */
export async function freeIn(name: string, count: number, parts: Parts, asked: Asked): Promise<Told<FreeAddresses>> {
  const { node, catalog, blocks, shared, sources } = parts;
  const pool = poolNamed(name, catalog);
  const source = sources.of(pool);
  const isShared = source === sources.shared;
  const held = isShared
    ? { ranges: await claimedOf(pool, parts), unanswered: [] }
    : await heldInBlocks(pool, parts, asked);
  const usages = isShared ? { value: [], unanswered: [] } : await asked.blocks();
  const own = usages.value.filter((usage) => usage.pool === name);
  const unheard = new Map(own.filter(({ unknown }) => unknown > 0n).map((usage) => [usage.cidr, usage.unknown]));
  const leased = blocks.inPool(name).toSorted((a, b) => comparePrefixes(a.prefix, b.prefix));
  const found = freeParts({
    pool,
    withheld: catalog.withheldFrom(pool),
    taken: held.ranges,
    blocks: leased.map(({ prefix, resource: { spec } }) => ({
      ...{ prefix, node: spec.node },
      isHeard: !unheard.has(spec.cidr),
    })),
  });
  const upcoming = pool.disabled ? { addresses: [], afterwards: '' } : source.upcoming(pool, node);
  const coolingDown = isShared
    ? shared.spaceOf(pool).allocator.coolingDown
    : own.reduce((sum, usage) => sum + usage.coolingDown, 0);
  return {
    value: {
      parts: found,
      count: found.reduce((sum, part) => sum + part.count, 0n),
      unknown: [...unheard.values()].reduce((sum, unknown) => sum + unknown, 0n),
      coolingDown,
      closed: pool.disabled ? (pool.closedBecause ?? 'is disabled') : '',
      next: firstOf(upcoming.addresses, count).map(formatAddress),
      afterwards: upcoming.afterwards,
      node,
    },
    unanswered: named(
      [...held.unanswered, ...usages.unanswered],
      new Set(leased.map((one) => one.resource.spec.daemon)),
    ),
  };
}

/** Of a shared pool: by claims, whoever made them, and what is marked for ADDs under way. */
async function claimedOf(pool: Pool, { shared }: Parts): Promise<RangeSet> {
  const claims = await shared.everybodys.all(ofPoolLabel(pool.name));
  const claimed = claims.filter(({ spec }) => spec.pool === pool.name).map(({ spec }) => parseAddress(spec.address));
  const marked = [...shared.spaceOf(pool).entries()].map(([address]) => address);
  return rangeSet([...claimed, ...marked].map((address) => ({ first: address, last: address })));
}

async function heldInBlocks({ name }: Pool, { blocks }: Parts, { page }: Asked) {
  const unanswered: Unanswered[] = [];
  const found: Allocation[] = [];
  let after: PageRequest['after'];
  do {
    const { value, unanswered: missing } = await page({ filter: { pool: name }, after, limit: pageLimit });
    found.push(...value.allocations);
    unanswered.push(...missing);
    const last = value.allocations.at(-1);
    after = value.isLast || last === undefined ? undefined : listPlaceOf(last);
  } while (after !== undefined);
  const recorded = found.flatMap(({ addresses }) =>
    addresses.filter((one) => one.pool === name).map((one) => parseAddress(one.address)),
  );
  const marked = blocks.inPool(name).flatMap(({ space }) => [...(space?.entries() ?? [])].map(([address]) => address));
  const single = [...recorded, ...marked].map((address) => ({ first: address, last: address }));
  return { ranges: rangeSet(single), unanswered };
}

/** Those that could know of the pool, each once. */
function named(unanswered: readonly Unanswered[], daemons: ReadonlySet<string>): readonly Unanswered[] {
  const once = new Map(unanswered.map((one) => [one.node, one]));
  return [...once.values()].filter(({ node }) => node === '' || daemons.has(node));
}

function firstOf<T>(items: Iterable<T>, count: number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length >= count) break;
    first.push(item);
  }
  return first;
}
