import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseAddress } from '../../ip/address.ts';
import { type Prefix, parsePrefix, prefixContains } from '../../ip/prefix.ts';
import type { Allocation, CoolingAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import type { Beginning } from '../../ipam/history/entry.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { EmbeddedStore } from '../../store/embedded/embedded-store.ts';
import { storedKeyOf } from '../../store/embedded/store-key.ts';
import { salvage } from '../../store/embedded/verify.ts';
import { cooldownPrefix, holdPrefix, recordedKeyOf } from '../journal/journal-key.ts';
import { recordedAllocation } from '../journal/journal-record.ts';
import { LmdbJournal } from '../journal/lmdb-journal.ts';
import { cachedAllocations } from './cni-cache.ts';
import { freshFolder, markUnfinished, swap, unfinishedRecovery } from './swap-databases.ts';

export interface RecoverOptions {
  readonly dataDir: string;
  /** libcni's cache: the results of every ADD that the runtime has not undone. */
  readonly cniCache: string;
  readonly node: string;
  readonly now: () => number;
}

/** It had them before this record was begun. */
const recovered: Beginning = { what: 'held', detail: 'from the record that was recovered' };

interface Salvaged {
  readonly allocations: readonly Allocation[];
  readonly coolingDown: readonly CoolingAddress[];
  readonly resources: readonly Stored<Resource>[];
  /** What is missing, for people. */
  readonly losses: readonly string[];
}

/**
 * Rebuilds the databases: writes new ones with every record that is whole and with what the container runtime
 * remembers, and only then puts them in the place of the old ones, which stay beside them. An interrupted run is
 * finished by the next.
 * @returns a report for the operator
 */
export async function recover({ dataDir, cniCache, node, now }: RecoverOptions): Promise<string> {
  const interrupted = unfinishedRecovery(dataDir);
  if (interrupted !== undefined)
    return [...swap(dataDir, interrupted, 'damaged'), 'finished the recovery that was interrupted', ''].join('\n');
  const salvaged = await salvageAll(dataDir);
  const known = new Set(salvaged.allocations.map(({ attachment }) => attachmentKey(attachment)));
  const remembered = cachedAllocations(cniCache, node, now()).filter(
    ({ attachment }) => !known.has(attachmentKey(attachment)),
  );
  const placed = place(remembered, salvaged);
  const stamp = new Date(now()).toISOString().replaceAll(/[-:.]/g, '');
  await write(freshFolder(dataDir, stamp), [...salvaged.allocations, ...placed], salvaged, now);
  markUnfinished(dataDir, stamp);
  return [
    ...swap(dataDir, stamp, 'damaged'),
    `salvaged: ${salvaged.allocations.length} allocations, ${salvaged.resources.length} resources`,
    ...salvaged.losses.map((loss) => `lost: ${loss}`),
    `from the container runtime's results in ${cniCache}: ${placed.length} allocations more, ${remembered.length - placed.length} that fit no block on record`,
    'start ipam-daemon, apply pools that are missing, and run: ipam-cli check',
    '',
  ].join('\n');
}

async function salvageAll(dataDir: string): Promise<Salvaged> {
  const journal = await salvage(join(dataDir, 'journal'), recordedKeyOf);
  const store = await salvage(join(dataDir, 'store'), storedKeyOf);
  const of = <T>({ records }: typeof journal, prefix: string): T[] =>
    records.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T);
  return {
    allocations: of<string>(journal, holdPrefix).flatMap((record) => recordedAllocation(record) ?? []),
    coolingDown: of<CoolingAddress>(journal, cooldownPrefix),
    resources: of<Stored<Resource>>(store, 'o '),
    losses: [...journal.losses.map((loss) => `journal: ${loss}`), ...store.losses.map((loss) => `store: ${loss}`)],
  };
}

async function write(
  directory: string,
  allocations: readonly Allocation[],
  { coolingDown, resources }: Salvaged,
  now: () => number,
): Promise<void> {
  const store = new EmbeddedStore({ directory: join(directory, 'store'), now, newUid: randomUUID });
  for (const resource of resources) await store.create(resource);
  await store.close();
  const journal = new LmdbJournal(join(directory, 'journal'));
  await journal.commit([
    ...allocations.map((allocation) => ({ type: 'hold' as const, allocation, as: recovered })),
    ...coolingDown.map((one) => ({ type: 'cooldown' as const, coolingDown: one })),
  ]);
  await journal.close();
}

interface BlockPlace extends Pick<Block, 'spec'> {
  readonly prefix: Prefix;
}

/** What the runtime remembers, where every address lies in a block on record and nobody else has it. */
function place(remembered: readonly Allocation[], { allocations, resources }: Salvaged): readonly Allocation[] {
  const taken = new Set(allocations.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const blocks = resources
    .filter((resource): resource is Stored<Block> => resource.kind === blockKind)
    .map(({ spec }): BlockPlace => ({ spec, prefix: parsePrefix(spec.cidr) }));
  return remembered.flatMap((allocation) => {
    const places = allocation.addresses.map(({ address }) =>
      blocks.find(({ prefix }) => prefixContains(prefix, parseAddress(address))),
    );
    const addresses = allocation.addresses.flatMap((held, index) => {
      const block = places[index];
      return block === undefined || taken.has(held.address)
        ? []
        : [{ ...held, pool: block.spec.pool, block: block.spec.cidr }];
    });
    if (addresses.length !== allocation.addresses.length) return [];
    for (const { address } of addresses) taken.add(address);
    // The block's node, not the one named on the command line: the lease is on record, the name may be mistyped.
    return [{ ...allocation, node: places[0]?.spec.node ?? allocation.node, addresses }];
  });
}
