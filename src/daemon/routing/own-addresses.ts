import type { NodeAddresses } from '../../bgp/fabric.ts';
import { type Address, compareAddresses, parseAddress } from '../../ip/address.ts';
import { comparePrefixes, formatPrefix } from '../../ip/prefix.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import type { Ledger } from '../../ipam/ledger.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';

export interface OwnAddressesParts {
  readonly node: string;
  readonly blocks: Pick<BlockLeases, 'holders'>;
  readonly ledger: Pick<Ledger, 'all'>;
}

/**
 * What this node has to announce, sorted, in steps: its blocks, and addresses of Pods. Of what is in a block of its own nothing need be
 * said, unless each address is announced.
 */
export function* ownAddresses(
  { node, blocks, ledger }: OwnAddressesParts,
  isHostsOnly: boolean,
): Generator<undefined, NodeAddresses> {
  const prefixes = blocks
    .holders()
    .flat()
    .filter(({ resource }) => resource.spec.node === node)
    .map(({ prefix }) => prefix)
    .sort(comparePrefixes);
  const announced = new Set(isHostsOnly ? [] : prefixes.map(formatPrefix));
  // One address may be held in two scopes.
  const held = new Map<string, Address>();
  for (const { node: of, addresses } of ledger.all()) {
    yield;
    if (of !== node) continue;
    for (const { address, block } of addresses) {
      if (block === undefined || !announced.has(block)) held.set(address, parseAddress(address));
    }
  }
  return { blocks: prefixes, held: [...held.values()].sort(compareAddresses) };
}

/** May what is announced be another when these are given or come back? Of an announced block it is not: nearly every ADD's. */
export function mayNeedRoutes(addresses: readonly HeldAddress[], isHostsOnly: boolean): boolean {
  return isHostsOnly || addresses.some(({ block }) => block === undefined);
}
