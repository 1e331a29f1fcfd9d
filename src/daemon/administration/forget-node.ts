import { ofDaemonLabel } from '../../ipam/claim/claim-labels.ts';
import { isOfDaemon } from '../../ipam/claim/claim-state.ts';
import type { LeasedBlock } from '../../ipam/claim/leased-block.ts';
import { releasedClaim } from '../../ipam/reclaim/release-cause.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { FixedAddresses } from '../allocation/fixed-addresses.ts';
import type { RangePools } from '../allocation/range-pools.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { removeObjectsOf } from './node-objects.ts';

export interface ForgottenParts {
  readonly store: Store;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly fixed: FixedAddresses;
  readonly ranges: RangePools;
  readonly onReleased: DaemonOptions['onReleased'];
}

interface Left {
  readonly blocks: readonly LeasedBlock[];
  readonly claims: readonly Stored<Claim>[];
}

/**
 * What a node has which will never come back.
 * @param known the nodes there are, asked when nothing is known of this one; undefined: the operator's word counts
 * @throws IpamError not-found
 */
export async function leftOfNode(
  node: string,
  { blocks, shared, ranges }: Pick<ForgottenParts, 'blocks' | 'shared' | 'ranges'>,
  known: (() => Promise<readonly string[]>) | undefined,
): Promise<Left> {
  const leased = blocks.all().filter(({ resource }) => resource.spec.daemon === node);
  const claims = (await shared.everybodys.all(ofDaemonLabel(node))).filter((claim) => isOfDaemon(claim, node));
  const isUnknown = leased.length + claims.length === 0 && !ranges.has(node);
  if (isUnknown && known !== undefined) throw unknown(node, await known());
  return { blocks: leased, claims };
}

/**
 * Frees all that a node has which will never come back, but what stays with Pods that come again elsewhere.
 * @throws IpamError in-use (something of it is there all the same), store-unavailable
 */
export async function forgetNode(
  node: string,
  { blocks: leased, claims }: Left,
  { store, blocks, fixed, ranges, onReleased }: ForgottenParts,
): Promise<void> {
  for (const block of leased) await blocks.giveBack(block);
  // What stays with a Pod is for the next ADD of it, wherever that is. Each may have been given.
  for (const claim of claims) {
    await fixed.giveBack(claim, [claim.spec]);
    onReleased?.(releasedClaim(claim), { reason: 'node-forgotten', text: `ipam-cli forget ${node}` });
  }
  await ranges.removeLost(new Set([node]));
  await removeObjectsOf(node, store);
}

function unknown(node: string, known: readonly string[]): IpamError {
  const some = `known: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`;
  return new IpamError('not-found', `nothing is known of a node "${node}": it leases no block and has no claim`, {
    advice: `${known.length === 0 ? 'no other node is known' : some}; --force takes its word for it`,
    facts: { node },
  });
}
