import { isDeepStrictEqual } from 'node:util';
import { parseAddress } from '../../ip/address.ts';
import { prefixRange } from '../../ip/range.ts';
import { intersect, type RangeSet, rangeSet, union } from '../../ip/range-set.ts';
import { ofPoolLabel } from '../../ipam/claim/claim-labels.ts';
import type { LeasedBlock } from '../../ipam/claim/leased-block.ts';
import type { Applied, ResourceAdministration } from '../../ipam/resource-port.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { completeSpec, completionWarnings } from '../../resources/complete.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { kindOf } from '../../resources/kinds.ts';
import { problemOf } from '../../resources/malformed.ts';
import { heldStillBy, migrationMarks } from '../../resources/migration-marks.ts';
import { poolKind } from '../../resources/pool.ts';
import { rangesOwner } from '../../resources/ranges-owner.ts';
import { refusalsOf } from '../../resources/refusal.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { requireAllowed, reviewWrite } from '../../resources/rules/review.ts';
import type { Write } from '../../resources/rules/write.ts';
import { parseSubnet, subnetKind } from '../../resources/subnet.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from '../../store/store.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { MalformedObjects } from '../recovery/malformed-objects.ts';
import type { Catalog, CatalogKind } from '../view/catalog.ts';
import type { Deletions } from './deletions.ts';

export interface ResourceAdministrationParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly malformed: MalformedObjects;
  readonly deletions: Deletions;
  /** Who has the last word on operators' writes, and how to ask there; undefined: this daemon has. */
  readonly judgedBy: string | undefined;
}

/** A write, as far as it is known before it is made. */
type Planned = { readonly warnings: readonly string[] } & (
  | { readonly before: undefined; readonly next: Resource }
  | { readonly before: Stored<Resource>; readonly next: Stored<Resource> }
);

/** Writes that another daemon overtook, before the operator hears of it. */
const attempts = 5;

/** Writes by operators: the same rules for `ipam-cli apply`, the API and pools made of network configurations. */
export class ValidatedResources implements ResourceAdministration {
  readonly #parts: ResourceAdministrationParts;
  /** Rules compare a resource with the others, so writes go one at a time. */
  readonly #turns = new KeyedLock();

  constructor(parts: ResourceAdministrationParts) {
    this.#parts = parts;
  }

  /** For what another daemon is about to create in the store that both share. @throws IpamError what the rules have against it */
  async reviewCreate(resource: Resource): Promise<void> {
    const { items: subnets } = await this.#parts.store.list(subnetKind);
    await this.#require({ operation: 'create', resource }, subnets);
  }

  get(key: ResourceKey): Promise<Stored<Resource> | undefined> {
    return this.#parts.store.get(key);
  }

  list(kind: string): Promise<ResourceList<Resource>> {
    return this.#parts.store.list(kind);
  }

  watch(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<Resource>> {
    return this.#parts.store.watch(kind, fromVersion, signal);
  }

  apply(resource: Resource): Promise<Applied> {
    return this.#turns.run('', async () => {
      this.#requireWritable(resource.kind);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#write(resource);
        } catch (error) {
          // Another daemon wrote between the look and the write: look again.
          const overtaken = isIpamError(error, 'already-exists') || isIpamError(error, 'conflict');
          if (!overtaken || resource.metadata.resourceVersion !== undefined || attempt === attempts) throw error;
        }
      }
    });
  }

  async dryRunApply(resource: Resource): ReturnType<ResourceAdministration['dryRunApply']> {
    this.#requireJudge();
    this.#requireWritable(resource.kind);
    const { before, next, warnings } = await this.#planned(resource);
    if (before === undefined) return { outcome: 'created', resource: next, warnings };
    return { outcome: isUnchanged(before, next) ? 'unchanged' : 'configured', resource: next, warnings };
  }

  async #write(wanted: Resource): Promise<Applied> {
    const { store } = this.#parts;
    const { before, next, warnings } = await this.#planned(wanted);
    if (before === undefined) {
      const created = await this.#onceShown(await store.create(next));
      return { outcome: 'created', resource: created, warnings };
    }
    if (isUnchanged(before, next)) return { outcome: 'unchanged', resource: before, warnings };
    const updated = await this.#onceShown(await store.update(next));
    return { outcome: 'configured', resource: updated, warnings };
  }

  /** What is there, and what is to be there. @throws IpamError what the rules have against it */
  async #planned(wanted: Resource): Promise<Planned> {
    const { store } = this.#parts;
    const { items: subnets } = await store.list(subnetKind);
    const resource = completeSpec(wanted, subnets);
    const said = completionWarnings(wanted);
    const before = await this.#onceShown(await store.get(keyOf(resource)));
    if (before === undefined) {
      const required = await this.#require({ operation: 'create', resource }, subnets);
      return { before, next: resource, warnings: [...said, ...required] };
    }
    requireStaying(before);
    requireNotHeldStill(before);
    const next = merged(before, resource);
    const required = await this.#require({ operation: 'update', before, resource: next }, subnets);
    return { before, next, warnings: [...said, ...required] };
  }

  /**
   * Resolves when this daemon goes by it: also for what another daemon wrote a moment ago, since who applies it here
   * as well may count on it from then on.
   */
  async #onceShown<T extends Stored<Resource> | undefined>(stored: T): Promise<T> {
    if (stored !== undefined && isInCatalog(stored.kind)) await this.#parts.catalog.caughtUp(stored.kind, stored);
    return stored;
  }

  async dryRunDelete(key: ResourceKey): Promise<void> {
    this.#requireJudge();
    await this.#deletable(key);
  }

  /** What is in use stays until it is empty, marked, and gives nothing more out meanwhile. */
  delete(key: ResourceKey): Promise<void> {
    return this.#turns.run('', async () => {
      const { store, catalog, deletions } = this.#parts;
      const { present, isLitter } = await this.#deletable(key);
      if (isLitter) return store.delete(key, present.metadata.resourceVersion);
      // Nothing is out of the pool of ranges, and only its own daemon, which holds still, gives anything of it.
      if (rangesOwner(present)?.node !== undefined) {
        await store.delete(key, present.metadata.resourceVersion);
        return catalog.waitUntilDeleted(poolKind, present);
      }
      const marked = await deletions.mark(present);
      if (isInCatalog(key.kind)) await catalog.waitUntilDeleted(key.kind, present);
      if (marked === undefined) return;
      if (key.kind === poolKind) await this.#returnBlocks(key.name);
      if ((await deletions.complete(marked)) && isInCatalog(key.kind)) await catalog.waitUntilDeleted(key.kind, marked);
    });
  }

  /** A claim that cannot be used, of which no watch has told. */
  #isUnseenLitter(stored: Stored<Resource> | undefined): boolean {
    return stored?.kind === claimKind && problemOf(stored) !== undefined;
  }

  /** @returns whether it is an object of the daemons' that cannot be used. @throws IpamError why it is not to be deleted */
  async #deletable(key: ResourceKey): Promise<{ readonly present: Stored<Resource>; readonly isLitter: boolean }> {
    const { store, malformed } = this.#parts;
    const stored = await store.get(key);
    // No daemon takes one for its own, so nobody but an operator removes it.
    const cannotBeUsed = malformed.has(key.kind, key.name) || this.#isUnseenLitter(stored);
    if (!cannotBeUsed) this.#requireWritable(key.kind);
    const present = await this.#onceShown(stored);
    if (present === undefined) throw new IpamError('not-found', `no ${key.kind} is named "${key.name}"`);
    const isLitter = cannotBeUsed && kindOf(key.kind).derived;
    if (!isLitter) await this.#require({ operation: 'delete', before: present });
    return { present, isLitter };
  }

  /** Of a pool that is going every block of ours is handed back that has no address out. */
  async #returnBlocks(pool: string): Promise<void> {
    const { blocks } = this.#parts;
    for (const leased of blocks.all()) {
      if (leased.resource.spec.pool !== pool || !blocks.isOwn(leased) || (leased.space?.used ?? 0) > 0) continue;
      try {
        await blocks.giveBack(leased);
      } catch (error) {
        if (!isIpamError(error, 'in-use')) throw error;
      }
    }
  }

  /** @throws IpamError unsupported: what comes of a write, another server decides */
  #requireJudge(): void {
    const { judgedBy } = this.#parts;
    if (judgedBy === undefined) return;
    throw new IpamError('unsupported', 'this daemon cannot tell what would come of it: it does not judge such writes', {
      advice: judgedBy,
    });
  }

  #requireWritable(kind: string): void {
    if (!kindOf(kind).derived) return;
    throw new IpamError('unsupported', `${kind} objects are kept by the daemons and are not written by hand`, {
      advice: 'use ipam-cli allocate and ipam-cli release for blocks, DEL for claims',
    });
  }

  /**
   * @param subnets as stored: nothing is given out of one, so this daemon does not follow them
   * @returns warnings
   * @throws IpamError with every rule that the write breaks
   */
  async #require(write: Write, subnets: readonly Resource[] = []): Promise<readonly string[]> {
    const elsewhere = await this.#claimedElsewhere(write);
    const review = reviewWrite(write, {
      pools: this.#parts.catalog.pools,
      subnets: subnets.flatMap((subnet) => (isReadable(subnet) ? [parseSubnet(subnet)] : [])),
      heldIn: (pool) => this.#held((name) => name === pool, elsewhere),
      heldAnywhere: () => this.#held(() => true, elsewhere),
    });
    requireAllowed(review);
    return review.warnings;
  }

  /** What others have claimed, where this daemon does not know it by itself: as far as the rules ask for it. */
  async #claimedElsewhere({ operation, ...write }: Write): Promise<readonly Claim[]> {
    const { everybodys } = this.#parts.shared;
    const { kind, metadata } = 'resource' in write ? write.resource : write.before;
    if (kind === reservedIPKind) return (await everybodys.uncounted()) ?? [];
    if (kind !== poolKind || operation === 'create') return [];
    return (await everybodys.uncounted(ofPoolLabel(metadata.name))) ?? [];
  }

  /** Asks the allocators, not the ledger: an address given to an ADD that is still under way counts. */
  #held(inPool: (pool: string) => boolean, elsewhere: readonly Claim[]): RangeSet {
    const { blocks, shared } = this.#parts;
    const leased = blocks.all().filter(({ resource }) => inPool(resource.spec.pool));
    const held = leased.flatMap(({ space }) => [...(space?.entries() ?? [])].map(([address]) => address));
    const claimed = shared.addressesOut().filter(({ pool }) => inPool(pool));
    const others = elsewhere.filter(({ spec }) => inPool(spec.pool)).map(({ spec }) => parseAddress(spec.address));
    const single = [...held, ...claimed.map(({ address }) => address), ...others].map((address) => ({
      first: address,
      last: address,
    }));
    return [this.#foreign(leased), this.#unusable(inPool)].reduce(union, rangeSet(single));
  }

  /** What a claim or block means that cannot be used is out for all that anybody can tell. */
  #unusable(inPool: (pool: string) => boolean): RangeSet {
    const { catalog, malformed } = this.#parts;
    const subnets = [...catalog.pools.values()]
      .filter(({ name }) => inPool(name))
      .map(({ subnet }) => prefixRange(subnet));
    return intersect(malformed.withheld, rangeSet(subnets));
  }

  /** Of another daemon's block any address may be out: only that daemon knows. */
  #foreign(leased: readonly LeasedBlock[]): RangeSet {
    const { blocks, catalog } = this.#parts;
    const parts = leased.flatMap((block) => {
      const pool = catalog.pool(block.resource.spec.pool);
      if (pool === undefined || blocks.isOwn(block)) return [];
      return intersect(pool.usable, rangeSet([prefixRange(block.prefix)])).ranges;
    });
    return rangeSet(parts);
  }
}

function isInCatalog(kind: string): kind is CatalogKind {
  return kind === poolKind || kind === reservedIPKind;
}

function isReadable(subnet: Resource): boolean {
  return refusalsOf(() => parseSubnet(subnet)).length === 0;
}

function keyOf({ kind, metadata: { name, namespace } }: Resource): ResourceKey {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** An API server lets the same manifest through, and the object goes all the same: its author is told so here. @throws IpamError in-use */
function requireStaying({ kind, metadata }: Resource): void {
  if (metadata.deletionTimestamp === undefined) return;
  throw new IpamError('in-use', `${kind} "${metadata.name}" is being deleted, since ${metadata.deletionTimestamp}`, {
    advice: 'it goes when nothing of it is out any more: apply again then, or under another name now',
  });
}

/** An apply would let go a pool that a migration holds still. @throws IpamError in-use */
function requireNotHeldStill(present: Resource): void {
  const held = heldStillBy(present);
  if (held === undefined) return;
  const { kind, metadata } = present;
  throw new IpamError('in-use', `${kind} "${metadata.name}" is held still by migration ${held.id} and cannot change`, {
    advice: 'finish the migration, or take it back with ipam-cli migrate --undo',
  });
}

/** A manifest says what its author wants; what the store and the controllers gave the object stays. */
function merged(present: Stored<Resource>, wanted: Resource): Stored<Resource> {
  const { ownerReferences, finalizers, uid, creationTimestamp, resourceVersion } = present.metadata;
  const annotations = { ...migrationMarks(present.metadata.annotations), ...wanted.metadata.annotations };
  return {
    ...wanted,
    metadata: {
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...wanted.metadata,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      uid,
      creationTimestamp,
      resourceVersion: wanted.metadata.resourceVersion ?? resourceVersion,
    },
    ...(present.status === undefined ? {} : { status: present.status }),
  };
}

function isUnchanged(present: Resource, next: Resource): boolean {
  const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a ?? {}, b ?? {});
  return (
    same(present.spec, next.spec) &&
    (['labels', 'annotations', 'ownerReferences', 'finalizers'] as const).every((key) =>
      same(present.metadata[key], next.metadata[key]),
    )
  );
}
