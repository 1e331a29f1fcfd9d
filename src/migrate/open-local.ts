import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LmdbJournal } from '../daemon/journal/lmdb-journal.ts';
import { requireNoUnfinishedRecovery } from '../daemon/recovery/swap-databases.ts';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import type { HeldAddress } from '../ipam/allocation.ts';
import { holdDataDirectory } from '../platform/data-lock.ts';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { addressName, prefixName } from '../resources/names.ts';
import { inScope, scopeOf } from '../resources/scope.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { verifyEnvironments } from '../store/embedded/verify.ts';
import { noHoldings, resourcesOf, type SourceContents } from './holdings.ts';
import type { Source, Target } from './places.ts';
import { isUsable } from './unusable.ts';

interface Opened {
  readonly store: EmbeddedStore;
  readonly journal: LmdbJournal;
  readonly close: () => Promise<void>;
}

/** @throws IpamError invalid-config: its daemon runs; storage-damaged */
async function openData(directory: string): Promise<Opened> {
  await lockData(directory);
  const directories = { store: join(directory, 'store'), journal: join(directory, 'journal') };
  await verifyEnvironments([directories.store, directories.journal]);
  const store = new EmbeddedStore({ directory: directories.store, now: Date.now, newUid: randomUUID });
  const journal = new LmdbJournal(directories.journal);
  const close = async (): Promise<void> => {
    await journal.close();
    await store.close();
  };
  return { store, journal, close };
}

/** No daemon runs on the data until this process ends. */
async function lockData(directory: string): Promise<void> {
  await holdDataDirectory(directory);
  requireNoUnfinishedRecovery(directory);
}

/** @param movesRecord the target is another data directory */
export async function embeddedSource(directory: string, movesRecord: boolean): Promise<Source> {
  if (!existsSync(join(directory, 'store', 'data.mdb'))) {
    throw new IpamError('invalid-argument', `--from embedded:${directory}: there is no embedded store`, {
      advice: "name the daemon's data directory (dataDir, --data-dir)",
    });
  }
  const { store, journal, close } = await openData(directory);
  const read = async (): Promise<SourceContents> => {
    const { allocations, coolingDown } = journal.load();
    const resources = await resourcesOf(store);
    const held = new Set(resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const lost = allocations.flatMap(({ addresses }) => addresses.filter((one) => !held.has(backingOf(one))));
    return {
      ...noHoldings,
      resources,
      allocations: movesRecord ? allocations : [],
      coolingDown: movesRecord ? coolingDown : [],
      warnings: lost.map(
        ({ address }) =>
          `${address} is on the daemon's record, but its claim or block is not in the store: its daemon takes it again when it starts`,
      ),
    };
  };
  return { store, settleMs: 0, read, inUse: async () => [], close };
}

/** The block or claim that stands behind an address on record. */
function backingOf({ address, pool, block }: HeldAddress): string {
  if (block !== undefined) return `${blockKind} ${prefixName(parsePrefix(block))}`;
  return `${claimKind} ${inScope(addressName(parseAddress(address)), scopeOf(pool))}`;
}

/** @param hasRecord the source knows containers of this node */
export async function embeddedTarget(directory: string, hasRecord: boolean): Promise<Target> {
  const { store, journal, close } = await openData(directory);
  return {
    store,
    journal: hasRecord ? journal : undefined,
    keepsUids: true,
    deletesOrphans: false,
    warnings: async (holdings) => {
      requireOneDaemon(holdings);
      return [];
    },
    close,
  };
}

/** The record of a node's daemon, beside a target that others share. */
export async function nodeJournal(directory: string): Promise<LmdbJournal> {
  await lockData(directory);
  await verifyEnvironments([join(directory, 'journal')]);
  return new LmdbJournal(join(directory, 'journal'));
}

/** @throws IpamError unsupported: the embedded engine serves one machine */
function requireOneDaemon({ resources }: SourceContents): void {
  const daemons = new Set(
    resources
      .filter((one) => (one.kind === claimKind || one.kind === blockKind) && isUsable(one))
      .map(({ spec }) => (spec as { readonly daemon: string }).daemon),
  );
  if (daemons.size < 2) return;
  throw new IpamError(
    'unsupported',
    `the source serves ${daemons.size} daemons (${[...daemons].slice(0, 5).join(', ')}), the embedded engine one`,
    {
      advice: 'migrate to an engine that daemons share: etcd or kubernetes',
    },
  );
}
