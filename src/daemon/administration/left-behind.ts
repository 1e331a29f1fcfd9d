import type { Violation } from '../../ipam/check.ts';
import { findLeftovers, heldByOthers, outlyingClaims } from '../../ipam/reclaim/leftovers.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { AdministrationParts } from './administration-parts.ts';

type Parts = Pick<
  AdministrationParts,
  'node' | 'ipam' | 'catalog' | 'sources' | 'blocks' | 'shared' | 'isPresent' | 'hasNetns'
>;

/** What nobody comes back for, on this node's record and in the store. @throws IpamError store-unavailable */
export async function leftBehind(parts: Parts): Promise<readonly Violation[]> {
  const { node, ipam, catalog, sources, blocks, shared, isPresent, hasNetns } = parts;
  const daemons = heldByOthers(node, [...blocks.all().map(({ resource }) => resource), ...shared.all()]);
  const present = new Map<string, boolean | undefined>();
  for (const daemon of daemons.keys()) {
    // The store cannot be asked just now: then nothing tells.
    present.set(daemon, await isPresent?.(daemon).catch(unlessOurs));
  }
  const allocations = ipam.ledger.all();
  const outlying = outlyingClaims({
    claims: shared.all().filter((claim) => shared.isOwn(claim) && ipam.ledger.holds(claim.spec, claim.spec)),
    pools: catalog.pools.filter((pool) => sources.of(pool) === sources.shared),
    reserved: catalog.planned,
  });
  return findLeftovers({ allocations, daemons, isPresent: (daemon) => present.get(daemon), hasNetns, outlying });
}

function unlessOurs(error: unknown): undefined {
  if (!isIpamError(error)) throw error;
}
