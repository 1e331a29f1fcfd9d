import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { parseInterfaceAddress } from '../ip/prefix.ts';
import type { Allocation, HeldAddress } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { salvage } from '../store/embedded/verify.ts';
import { recordedAllocation } from './journal-record.ts';
import { LmdbJournal } from './lmdb-journal.ts';

export interface RecoverOptions {
  readonly dataDir: string;
  /** libcni's cache: the results of every ADD that the runtime has not undone. */
  readonly cniCache: string;
  readonly node: string;
  readonly now: () => number;
}

interface Salvaged {
  readonly allocations: readonly Allocation[];
  readonly resources: readonly Stored<Resource>[];
  readonly complete: boolean;
}

/**
 * Rebuilds the databases: moves the present ones aside, and writes anew every record whose checksum
 * holds. Addresses that only the container runtime remembers are reported, not guessed.
 * @returns a report for the operator
 */
export async function recover({ dataDir, cniCache, node, now }: RecoverOptions): Promise<string> {
  const salvaged = await salvageAll(dataDir);
  const stamp = new Date(now()).toISOString().replaceAll(/[-:.]/g, '');
  const aside = ['store', 'journal'].flatMap((name) => moveAside(join(dataDir, name), stamp));
  const remembered = cachedAllocations(cniCache, node, now());
  const known = new Set(salvaged.allocations.map(({ attachment }) => attachmentKey(attachment)));
  const blocks = blocksOf(salvaged.resources);
  const found = remembered.filter(({ attachment }) => !known.has(attachmentKey(attachment)));
  const placed = found
    .map((allocation) => place(allocation, salvaged.allocations, blocks))
    .filter((one) => one !== undefined);
  await write(dataDir, [...salvaged.allocations, ...placed], salvaged.resources, now);
  return [
    ...aside.map((path) => `moved aside: ${path}`),
    `salvaged: ${salvaged.allocations.length} allocations, ${salvaged.resources.length} resources${salvaged.complete ? '' : ' (the database could not be read to its end)'}`,
    `from the container runtime's results in ${cniCache}: ${placed.length} allocations more, ${found.length - placed.length} that fit no salvaged pool`,
    'start ipam-daemon, apply pools that are missing, and run: ipam-cli check',
    '',
  ].join('\n');
}

async function salvageAll(dataDir: string): Promise<Salvaged> {
  const journal = await salvage(join(dataDir, 'journal'));
  const store = await salvage(join(dataDir, 'store'));
  return {
    allocations: journal.records
      .filter(([key]) => key.startsWith('a '))
      .flatMap(([, value]) => recordedAllocation(value as string) ?? []),
    resources: store.records.filter(([key]) => key.startsWith('o ')).map(([, value]) => value as Stored<Resource>),
    complete: journal.complete && store.complete,
  };
}

function moveAside(directory: string, stamp: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const target = `${directory}.damaged-${stamp}`;
  renameSync(directory, target);
  return [target];
}

async function write(
  dataDir: string,
  allocations: readonly Allocation[],
  resources: readonly Stored<Resource>[],
  now: () => number,
): Promise<void> {
  const store = new EmbeddedStore({ directory: join(dataDir, 'store'), now, newUid: randomUUID });
  for (const resource of resources) await store.create(resource);
  await store.close();
  const journal = new LmdbJournal(join(dataDir, 'journal'));
  await journal.commit(allocations.map((allocation) => ({ type: 'hold', allocation })));
  await journal.close();
}

const cacheSchema = z.looseObject({
  containerId: z.string(),
  ifName: z.string(),
  networkName: z.string(),
  result: z.looseObject({
    ips: z.array(z.looseObject({ address: z.string(), gateway: z.string().optional() })).optional(),
  }),
});

/** Attachments in libcni's cache (`results/NETWORK-CONTAINER-IFNAME`). A file that is not one is passed over. */
function cachedAllocations(cniCache: string, node: string, now: number): readonly Allocation[] {
  const directory = join(cniCache, 'results');
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) => {
    const outcome = cacheSchema.safeParse(parsed(join(directory, name)));
    if (!outcome.success) return [];
    const { containerId, ifName, networkName, result } = outcome.data;
    const addresses = (result.ips ?? []).flatMap(({ address, gateway }) => heldOf(address, gateway));
    const attachment = { network: networkName, containerId, ifname: ifName };
    return addresses.length === 0 ? [] : [{ attachment, node, netns: '', addresses, createdAt: now }];
  });
}

function heldOf(text: string, gateway: string | undefined): readonly HeldAddress[] {
  try {
    const { address, prefix } = parseInterfaceAddress(text);
    return [
      {
        address: formatAddress(address),
        prefixLength: prefix.length,
        ...(gateway ? { gateway } : {}),
        pool: '',
        routes: [],
      },
    ];
  } catch (error) {
    if (error instanceof AddressError) return [];
    throw error;
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not a cached result; libcni keeps nothing else there, but a full disk leaves halves.
    return undefined;
  }
}

interface BlockPlace {
  readonly cidr: string;
  readonly node: string;
  readonly pool: string;
  readonly contains: (address: string) => boolean;
}

function blocksOf(resources: readonly Resource[]): readonly BlockPlace[] {
  return resources
    .filter(({ kind }) => kind === 'IPBlock')
    .map(({ spec }) => {
      const { cidr, pool, node } = spec as { cidr: string; pool: string; node: string };
      const { prefix } = parseInterfaceAddress(cidr);
      return { cidr, pool, node, contains: (address) => samePrefix(address, prefix.length, cidr) };
    });
}

function samePrefix(address: string, length: number, cidr: string): boolean {
  const { prefix } = parseInterfaceAddress(`${address}/${length}`);
  const { prefix: block } = parseInterfaceAddress(cidr);
  return prefix.address.family === block.address.family && prefix.address.value === block.address.value;
}

/** Finds the block of each address; an allocation with an address that somebody else holds, or in no block, is not taken. */
function place(
  allocation: Allocation,
  others: readonly Allocation[],
  blocks: readonly BlockPlace[],
): Allocation | undefined {
  const taken = new Set(others.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const places = allocation.addresses.map(({ address }) => blocks.find(({ contains }) => contains(address)));
  const addresses = allocation.addresses.flatMap((held, index) => {
    const block = places[index];
    return block === undefined || taken.has(held.address) ? [] : [{ ...held, pool: block.pool, block: block.cidr }];
  });
  // The block's node, not the one named on the command line: the lease is on record, the name may be mistyped.
  const node = places[0]?.node ?? allocation.node;
  return addresses.length === allocation.addresses.length ? { ...allocation, node, addresses } : undefined;
}
