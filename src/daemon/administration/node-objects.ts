import { holderOf, isParked } from '../../ipam/claim/claim-state.ts';
import { blockKind } from '../../resources/block.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { problemOf } from '../../resources/malformed.ts';
import { brief } from '../../resources/refusal.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { Catalog } from '../view/catalog.ts';

/** Writes that somebody else overtook. */
const attempts = 3;

/**
 * Removes every claim and block that a node wrote, as the store has them: also what nobody can use, and what a finalizer
 * would keep. @throws IpamError in-use: something is there all the same
 */
export async function removeObjectsOf(node: string, store: Store): Promise<void> {
  for (const object of await objectsOf(node, store)) await removeWhole(object, store);
  const left = (await objectsOf(node, store)).map(({ kind, metadata }) => `${kind} "${metadata.name}"`);
  if (left.length === 0) return;
  throw new IpamError('in-use', `of node "${node}" ${left.length} objects are still there: ${brief(left)}`, {
    advice: 'somebody keeps them by a finalizer, or writes them anew: end that, and forget the node again',
    facts: { node, left },
  });
}

interface Known {
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly catalog: Catalog;
}

/** How many blocks, claims, pools made of CNI ranges, or quarantines each node has, as far as this daemon knows; '' of nobody's. */
export function countByNode(kind: string, { blocks, shared, catalog }: Known): ReadonlyMap<string, number> {
  if (kind === blockKind) return countBy(blocks.all(), ({ resource }) => resource.spec.daemon);
  if (kind === claimKind)
    return countBy(
      shared.all().flatMap((claim) => holderOf(claim) ?? []),
      ({ daemon }) => daemon,
    );
  // Which do not say who made them.
  if (kind === reservedIPKind) return new Map([['', catalog.quarantines]]);
  const ranges = catalog.pools.filter(({ name }) => name.startsWith('cni-'));
  return countBy(ranges, ({ nodeNames }) => (nodeNames.length === 1 ? (nodeNames[0] ?? '') : ''));
}

function countBy<T>(items: readonly T[], ownerOf: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(ownerOf(item), (counts.get(ownerOf(item)) ?? 0) + 1);
  return counts;
}

async function objectsOf(node: string, store: Store): Promise<readonly Stored<Resource>[]> {
  const lists = await Promise.all([store.list(blockKind), store.list(claimKind)]);
  return lists.flatMap(({ items }) => items).filter((object) => !isKept(object) && ownerOf(object.spec) === node);
}

/** Parked, it stays with a Pod, and is nothing of the node that had it last. */
function isKept(object: Stored<Resource>): boolean {
  return object.kind === claimKind && problemOf(object) === undefined && isParked(object as Stored<Claim>);
}

function ownerOf(spec: unknown): unknown {
  const { node, daemon } = (spec ?? {}) as { readonly node?: unknown; readonly daemon?: unknown };
  return daemon ?? node;
}

async function removeWhole({ kind, metadata: { name, uid } }: Stored<Resource>, store: Store): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const present = await store.get({ kind, name });
      if (present?.metadata.uid !== uid) return;
      const { finalizers = [], deletionTimestamp, resourceVersion } = present.metadata;
      const bare =
        finalizers.length === 0
          ? resourceVersion
          : (await store.update({ ...present, metadata: { ...present.metadata, finalizers: [] } })).metadata
              .resourceVersion;
      if (finalizers.length === 0 || deletionTimestamp === undefined) await store.delete({ kind, name }, bare);
      return;
    } catch (error) {
      if (isIpamError(error, 'not-found')) return;
      // In a cluster of Kubernetes' finalizers are not a daemon's to take off: what is left is said.
      if (isIpamError(error, 'permission-denied')) return;
      if (!isIpamError(error, 'conflict')) throw error;
    }
  }
}
