import { isDeepStrictEqual } from 'node:util';
import { prefixRange } from '../ip/prefix.ts';
import { intersect, type RangeSet, rangeSet, union } from '../ip/range-set.ts';
import type { ApplyOutcome, ResourceAdministration } from '../ipam/resource-port.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import { kindOf } from '../resources/kinds.ts';
import { parsePool, poolKind } from '../resources/pool.ts';
import { isQuarantine } from '../resources/quarantine.ts';
import { parseReservedIP, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import {
  checkPoolChange,
  checkPoolDelete,
  checkPoolsDisjoint,
  checkReservation,
  type PoolOccupancy,
} from '../resources/rules.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from '../store/store.ts';
import type { BlockLeases, LeasedBlock } from './block-leases.ts';
import type { Catalog } from './catalog.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface ResourceAdministrationParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
}

/** Writes that another daemon overtook, before the operator hears of it. */
const attempts = 5;

/** Writes by operators: the same rules for `ipam-cli apply`, the API and pools made of network configurations. */
export class RuledResources implements ResourceAdministration {
  readonly #parts: ResourceAdministrationParts;
  /** Rules compare a resource with the others, so writes go one at a time. */
  readonly #turns = new KeyedLock();

  constructor(parts: ResourceAdministrationParts) {
    this.#parts = parts;
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

  apply(resource: Resource): Promise<{ outcome: ApplyOutcome; resource: Stored<Resource> }> {
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

  async #write(resource: Resource): Promise<{ outcome: ApplyOutcome; resource: Stored<Resource> }> {
    this.#checkWrite(resource);
    const { store, catalog } = this.#parts;
    const present = await store.get({ kind: resource.kind, name: resource.metadata.name });
    if (present === undefined) {
      return { outcome: 'created' as const, resource: await catalog.written(() => store.create(resource)) };
    }
    if (isUnchanged(present, resource)) return { outcome: 'unchanged' as const, resource: present };
    const { uid, creationTimestamp, resourceVersion } = present.metadata;
    const wanted = resource.metadata.resourceVersion ?? resourceVersion;
    const next = { ...resource, metadata: { ...resource.metadata, uid, creationTimestamp, resourceVersion: wanted } };
    return { outcome: 'configured' as const, resource: await catalog.written(() => store.update(next)) };
  }

  delete(key: ResourceKey): Promise<void> {
    return this.#turns.run('', async () => {
      this.#requireWritable(key.kind);
      const { store, catalog, blocks } = this.#parts;
      const present = await store.get(key);
      if (present === undefined) throw new IpamError('not-found', `no ${key.kind} is named "${key.name}"`);
      const pool = key.kind === poolKind ? catalog.pool(key.name) : undefined;
      if (pool !== undefined) {
        checkPoolDelete(pool, this.#occupancy(key.name));
        catalog.retire(key.name);
        try {
          for (const leased of blocks.all()) {
            if (leased.resource.spec.pool === key.name && blocks.isOwn(leased)) await blocks.giveBack(leased);
          }
          // An ADD that was under way when the pool retired may have got an address since.
          checkPoolDelete(pool, this.#occupancy(key.name));
        } catch (error) {
          catalog.unretire(key.name);
          throw error;
        }
      }
      await catalog.deleted(present, () => store.delete(key, present.metadata.resourceVersion));
    });
  }

  #requireWritable(kind: string): void {
    if (!kindOf(kind).derived) return;
    throw new IpamError('unsupported', `${kind} objects are kept by the daemons and are not written by hand`, {
      advice: 'use ipam-cli allocate and ipam-cli release for blocks, DEL for claims',
    });
  }

  #checkWrite(resource: Resource): void {
    const { catalog } = this.#parts;
    if (resource.kind === poolKind) {
      const pool = parsePool(resource);
      checkPoolsDisjoint(pool, catalog.pools);
      const before = catalog.pool(pool.name);
      if (before !== undefined) checkPoolChange(before, pool, this.#occupancy(pool.name));
    }
    // What is in conflict is in use more often than not: that is how it was found.
    if (resource.kind === reservedIPKind && !isQuarantine(resource)) {
      checkReservation(resource.metadata.name, parseReservedIP(resource), this.#heldAnywhere());
    }
  }

  #occupancy(pool: string): PoolOccupancy {
    return { held: this.#held((name) => name === pool) };
  }

  #heldAnywhere(): RangeSet {
    return this.#held(() => true);
  }

  /** Asks the allocators, not the ledger: an address given to an ADD that is still under way counts. */
  #held(inPool: (pool: string) => boolean): RangeSet {
    const { blocks, shared } = this.#parts;
    const leased = blocks.all().filter(({ resource }) => inPool(resource.spec.pool));
    const held = leased.flatMap(({ space }) => [...(space?.entries() ?? [])].map(([address]) => address));
    const claimed = shared.addressesOut().filter(({ pool }) => inPool(pool));
    const single = [...held, ...claimed.map(({ address }) => address)].map((address) => ({
      first: address,
      last: address,
    }));
    return union(rangeSet(single), this.#foreign(leased));
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

function isUnchanged(present: Resource, next: Resource): boolean {
  const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a ?? {}, b ?? {});
  return (
    same(present.spec, next.spec) &&
    same(present.metadata.labels, next.metadata.labels) &&
    same(present.metadata.annotations, next.metadata.annotations)
  );
}
