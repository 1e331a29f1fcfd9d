import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatAddress } from '../../ip/address.ts';
import { AddressError } from '../../ip/errors.ts';
import { parseInterfaceAddress } from '../../ip/prefix.ts';
import type { Allocation, HeldAddress } from '../../ipam/allocation.ts';

const entrySchema = z.looseObject({
  containerId: z.string(),
  ifName: z.string(),
  networkName: z.string(),
  result: z.looseObject({
    ips: z.array(z.looseObject({ address: z.string(), gateway: z.string().optional() })).optional(),
  }),
});

/**
 * What libcni remembers of every ADD that was not undone: files `results/NETWORK-CONTAINER-IFNAME` below its cache
 * directory. Pools and blocks are not among it. A file that is no such entry is passed over.
 */
export function cachedAllocations(cniCache: string, node: string, now: number): readonly Allocation[] {
  const directory = join(cniCache, 'results');
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) => {
    const outcome = entrySchema.safeParse(parsed(join(directory, name)));
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
