import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { holdDataDirectory } from '../daemon/data-lock.ts';
import { LmdbJournal } from '../daemon/lmdb-journal.ts';
import { requireNoUnfinishedRecovery } from '../daemon/recover.ts';
import { formatPrefix, parsePrefix, prefixContains } from '../ip/prefix.ts';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import type { PoolResource } from '../resources/pool.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { verifyEnvironments } from '../store/embedded/verify.ts';
import { cachedPods } from './cached-pods.ts';
import { type InstalledNetwork, installedNetworks, poolForSubnet, poolsOfNetwork } from './cni-configs.ts';
import { allocationsOf, claimsOf, type ForeignLease } from './foreign.ts';
import { type Holdings, resourcesOf } from './holdings.ts';
import { hostLocalLeases } from './host-local.ts';
import type { Source, Target } from './places.ts';

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
  const read = async (): Promise<Holdings> => {
    const { allocations, resting } = journal.load();
    const resources = await resourcesOf(store);
    const held = new Set(
      resources
        .filter(({ kind }) => kind === claimKind || kind === blockKind)
        .map(({ spec }) => spec as { readonly address?: string; readonly cidr?: string })
        .map(({ address, cidr }) => address ?? cidr),
    );
    const lost = allocations.flatMap(({ addresses }) =>
      addresses.filter(({ address, block }) => !held.has(block ?? address)),
    );
    return {
      resources,
      allocations: movesRecord ? allocations : [],
      resting: movesRecord ? resting : [],
      leftOut: [],
      warnings: lost.map(
        ({ address }) =>
          `${address} is on the daemon's record, but its claim or block is not in the store: its daemon takes it again when it starts`,
      ),
    };
  };
  return { store, settleMs: 0, read, inUse: async () => [], close };
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
function requireOneDaemon({ resources }: Holdings): void {
  const daemons = new Set(
    resources
      .filter(({ kind }) => kind === claimKind || kind === blockKind)
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

export interface HostLocalOptions {
  /** host-local's folder of all networks, or of one. */
  readonly directory: string;
  /** This node's daemon. */
  readonly node: string;
  /** A network configuration, or the runtime's folder of them. */
  readonly configs: string;
  /** Subnets of networks that no configuration names. */
  readonly poolFor: readonly string[];
  /** libcni's cache, which knows Pods. */
  readonly cniCache: string;
}

export function hostLocalSource(options: HostLocalOptions): Source {
  const folders = networkFolders(options.directory);
  return {
    store: undefined,
    settleMs: 0,
    read: async () => readHostLocal(options, folders),
    inUse: async () => {
      const names = new Set(folders.map((folder) => basename(folder)));
      return installedNetworks(options.configs)
        .filter(({ name, ipamType }) => ipamType === 'host-local' && names.has(name))
        .map(({ file, name }) => `${file}: network "${name}" names host-local`);
    },
    close: async () => {},
  };
}

/** @throws IpamError invalid-argument: there is nothing of host-local's */
function networkFolders(directory: string): readonly string[] {
  if (!existsSync(directory)) throw noNetworks(directory);
  const entries = readdirSync(directory, { withFileTypes: true });
  if (entries.some(({ name }) => name === 'lock' || name.startsWith('last_reserved_ip.'))) return [directory];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  if (folders.length === 0) throw noNetworks(directory);
  return folders;
}

function noNetworks(directory: string): IpamError {
  return new IpamError('invalid-argument', `--from host-local:${directory}: no network of host-local's is there`, {
    advice: `name the folder that its dataDir names, or ${dirname('/var/lib/cni/networks/x')}`,
  });
}

function readHostLocal({ node, configs, poolFor, cniCache }: HostLocalOptions, folders: readonly string[]): Holdings {
  const networks = installedNetworks(configs);
  const pods = cachedPods(cniCache);
  const all: Holdings[] = folders.map((folder) => {
    const name = basename(folder);
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => ({ name: entry.name, ...readText(join(folder, entry.name)) }));
    const { leases, leftOut, warnings } = hostLocalLeases(name, files);
    const known = leases.map((lease): ForeignLease => ({ ...lease, ...pods(lease.attachment) }));
    const { pools, routes } = poolsFor(name, networks, subnetsOf(known, poolFor));
    return {
      resources: [...pools, ...claimsOf(known, pools, node)],
      allocations: allocationsOf(known, pools, node, routes),
      resting: [],
      leftOut,
      warnings,
    };
  });
  return {
    resources: all.flatMap(({ resources }) => resources),
    allocations: all.flatMap(({ allocations }) => allocations),
    resting: [],
    leftOut: all.flatMap(({ leftOut }) => leftOut),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

/** Those that the network has given addresses of. */
function subnetsOf(leases: readonly ForeignLease[], poolFor: readonly string[]): readonly string[] {
  return poolFor.filter((subnet) => leases.some(({ address }) => prefixContains(parsePrefix(subnet), address)));
}

function poolsFor(network: string, installed: readonly InstalledNetwork[], poolFor: readonly string[]) {
  const known = installed.find(({ name }) => name === network);
  const named =
    known === undefined ? { pools: [] as readonly PoolResource[], routes: undefined } : poolsOfNetwork(known);
  const present = new Set(named.pools.map(({ spec }) => spec.subnet));
  const more = poolFor.filter((subnet) => !present.has(formatPrefix(parsePrefix(subnet))));
  return { pools: [...named.pools, ...more.flatMap((subnet) => poolForSubnet(network, subnet))], routes: named.routes };
}

/** A file that is removed between the list and the look has nothing to say. */
function readText(path: string): { readonly text: string; readonly at: number } {
  try {
    return { text: readFileSync(path, 'utf8'), at: Math.floor(statSync(path).mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { text: '', at: 0 };
  }
}
