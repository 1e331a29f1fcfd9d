import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import type { Allocation, HeldAddress } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { BlockLeases } from './block-leases.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { NodeIpam } from './node-ipam.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface RestoreParts {
  readonly ipam: NodeIpam;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Puts every address of the journal back where it was: the journal is what counts. What the store lost
 * (a block, a claim) is taken again; what cannot be is kept held and reported, for `check` to show.
 */
export async function restore(parts: RestoreParts): Promise<{ allocations: number; resting: number }> {
  const { ipam, journal, clock, log } = parts;
  const started = clock.now();
  const { allocations, resting } = journal.load();
  for (const allocation of allocations) {
    ipam.ledger.add(allocation);
    const key = attachmentKey(allocation.attachment);
    // Almost always the block or the claim is where the journal says, and nothing has to be waited for.
    for (const held of allocation.addresses) if (!isInPlace(parts, key, held)) await takeBack(parts, allocation, held);
  }
  const now = clock.now();
  for (const one of resting) if (one.until > now) rest(parts, one);
  // After, not before: every space that a rest makes would look through all of them.
  for (const one of resting) ipam.rests.set(one);
  const tookMs = clock.now() - started;
  log.info({ allocations: allocations.length, resting: resting.length, tookMs }, 'restored from the journal');
  return { allocations: allocations.length, resting: resting.length };
}

function isInPlace({ blocks, shared, clock }: RestoreParts, key: string, held: HeldAddress): boolean {
  if (held.block === undefined) return shared.claimOf(held.address) !== undefined;
  const space = blocks.find(held.block) === undefined ? undefined : blocks.spaceOfHeld(held);
  return space?.adopt(parseAddress(held.address), key, clock.now()) ?? false;
}

async function takeBack(parts: RestoreParts, allocation: Allocation, held: HeldAddress): Promise<void> {
  try {
    if (held.block === undefined) await takeBackClaim(parts, allocation, held);
    else await takeBackFromBlock(parts, allocation, held, held.block);
  } catch (error) {
    if (!isIpamError(error)) throw error;
    parts.log.error({ err: error, address: held.address }, 'an address on record could not be secured in the store');
  }
}

async function takeBackFromBlock(
  { blocks, catalog, clock, log }: RestoreParts,
  { node, attachment }: Allocation,
  held: HeldAddress,
  block: string,
): Promise<void> {
  const pool = catalog.pool(held.pool);
  if (pool !== undefined && blocks.find(block) === undefined) {
    const leased = await blocks.leaseExactly(node, pool, parsePrefix(block));
    log.warn(
      { block, node, leased: leased !== undefined },
      'a block on record was not leased any more; leasing it again',
    );
  }
  const space = blocks.spaceOfHeld(held);
  if (space?.adopt(parseAddress(held.address), attachmentKey(attachment), clock.now())) return;
  const reason = space === undefined ? 'no such block' : 'another attachment has it';
  log.error({ address: held.address, reason }, 'an address on record could not be marked');
}

async function takeBackClaim(
  { shared, catalog, clock, log }: RestoreParts,
  { node, attachment, pod }: Allocation,
  held: HeldAddress,
): Promise<void> {
  const pool = catalog.pool(held.pool);
  if (pool === undefined || shared.claimOf(held.address) !== undefined) return;
  const address = parseAddress(held.address);
  shared.spaceOf(pool).adopt(address, attachmentKey(attachment), clock.now());
  const claimant = { attachment, node, ...(pod === undefined ? {} : { pod }) };
  const claim = await shared.claimMarked(pool, address, claimant);
  log.warn({ address: held.address, claimed: claim !== undefined }, 'a claim on record was gone; claiming it again');
}

function rest(
  { blocks, shared, catalog }: RestoreParts,
  resting: { address: string; pool: string; until: number },
): void {
  const pool = catalog.pool(resting.pool);
  if (pool === undefined) return;
  const address = parseAddress(resting.address);
  const leased = pool.blockSize === undefined ? undefined : blocks.blockOf(pool, address).leased;
  const allocator =
    pool.blockSize === undefined ? shared.spaceOf(pool).allocator : leased && blocks.spaceOf(leased)?.allocator;
  allocator?.rest(address, resting.until);
}
