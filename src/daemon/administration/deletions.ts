import { formatPrefix, parsePrefix } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { overlaps, rangeSet } from '../../ip/range-set.ts';
import { readable } from '../../ip/readable.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { isIpamError } from '../../resources/errors.ts';
import { type PoolResource, type PoolSpec, poolKind } from '../../resources/pool.ts';
import { spiderpoolFinalizer } from '../../resources/published.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { subnetKind } from '../../resources/subnet.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { Catalog } from '../view/catalog.ts';

export interface DeletionsParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly blocks: Pick<BlockLeases, 'inPool'>;
  readonly shared: Pick<SharedClaims, 'heldIn' | 'parkedIn' | 'addressesOut'>;
  /** Is anything of a pool on record here? */
  readonly isRecorded: (pool: string) => boolean;
  readonly log: Log;
  /** Somebody else takes the finalizer off: a cluster's controller, or the member that an agent writes through. */
  readonly isCompletedElsewhere: boolean;
}

/** Kinds that stay until they are empty. */
const kinds: ReadonlySet<string> = new Set([poolKind, subnetKind]);
/** Writes that another daemon overtook. */
const attempts = 5;

/**
 * Pools and subnets that are being deleted: marked as Kubernetes marks them, by a finalizer and a time, until nothing of
 * them is out. In a cluster its controller completes that; everywhere else the daemons do.
 */
export class Deletions {
  readonly #parts: DeletionsParts;

  constructor(parts: DeletionsParts) {
    this.#parts = parts;
  }

  /**
   * Deletes an object, or marks it.
   * @returns the object as it is marked; undefined: it is gone, or of a kind that nothing depends on
   */
  async mark(present: Stored<Resource>): Promise<Stored<Resource> | undefined> {
    const { store } = this.#parts;
    const { kind, metadata } = present;
    // In a cluster its webhook has put it there; and a node may put none on what it writes through a member.
    const isHeld = kinds.has(kind) && !this.#parts.isCompletedElsewhere;
    const held = isHeld ? await this.#withFinalizer(present) : present;
    const { resourceVersion } = held.metadata;
    if (metadata.deletionTimestamp === undefined) await store.delete({ kind, name: metadata.name }, resourceVersion);
    const left = await store.get({ kind, name: metadata.name });
    return left?.metadata.uid === metadata.uid ? left : undefined;
  }

  async #withFinalizer(present: Stored<Resource>): Promise<Stored<Resource>> {
    const { finalizers = [], deletionTimestamp } = present.metadata;
    if (deletionTimestamp !== undefined || finalizers.includes(spiderpoolFinalizer)) return present;
    const metadata = { ...present.metadata, finalizers: [...finalizers, spiderpoolFinalizer] };
    return this.#parts.store.update({ ...present, metadata });
  }

  /** Lets go whatever has become empty. */
  async round(): Promise<void> {
    const { catalog, store } = this.#parts;
    if (this.#parts.isCompletedElsewhere) return;
    const pools = catalog.going;
    for (const pool of pools) await this.complete(pool);
    // Subnets are asked about only when a pool may have been the last of one, or has yet to be looked after.
    if (pools.length === 0 && !this.#hasMarkedSubnets) return;
    const subnets = (await store.list(subnetKind)).items.filter(
      ({ metadata }) => metadata.deletionTimestamp !== undefined,
    );
    this.#hasMarkedSubnets = subnets.length > 0;
    for (const subnet of subnets) await this.complete(subnet);
  }

  /** True at first: what was marked before this daemon started. */
  #hasMarkedSubnets = true;

  /** @returns whether it is gone now */
  async complete(marked: Stored<Resource>): Promise<boolean> {
    const { store, log, isCompletedElsewhere } = this.#parts;
    const { kind, metadata } = marked;
    if (isCompletedElsewhere) return false;
    if (kind === subnetKind) this.#hasMarkedSubnets = true;
    if (!(kind === poolKind ? await this.#isPoolEmpty(marked) : await this.#isSubnetEmpty(marked))) return false;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const present = await store.get({ kind, name: metadata.name });
      if (present?.metadata.uid !== metadata.uid) return true;
      const finalizers = (present.metadata.finalizers ?? []).filter((one) => one !== spiderpoolFinalizer);
      if (finalizers.length === present.metadata.finalizers?.length) return false;
      try {
        await store.update({ ...present, metadata: { ...present.metadata, finalizers } });
        log.info({ kind, name: metadata.name }, 'let go what was being deleted: nothing of it is out any more');
        return finalizers.length === 0;
      } catch (error) {
        if (isIpamError(error, 'not-found')) return true;
        if (!isIpamError(error, 'conflict')) throw error;
      }
    }
    return false;
  }

  /** As the store says now, and as this daemon does: an ADD under way has an address before its claim. */
  async #isPoolEmpty({ metadata: { name }, spec }: Resource): Promise<boolean> {
    const { store, blocks, shared, isRecorded } = this.#parts;
    const isOf = ({ spec }: Resource<string, { readonly pool?: string }>): boolean => spec?.pool === name;
    // A pool may wait for days, and every daemon of a cluster looks each second: what it knows is not asked for.
    if (shared.heldIn(name) + shared.parkedIn(name) > 0 || blocks.inPool(name).length > 0) return false;
    if (isRecorded(name) || this.#isWithheld(spec)) return false;
    if (shared.addressesOut().some(({ pool }) => pool === name)) return false;
    if ((await store.list<Block>(blockKind)).items.some(isOf)) return false;
    return !(await store.list<Claim>(claimKind)).items.some(isOf);
  }

  /** May something of it be somebody's, although nobody can tell whose? */
  #isWithheld(spec: unknown): boolean {
    const { subnet } = (spec ?? {}) as Partial<PoolSpec>;
    const prefix = readable(subnet, parsePrefix);
    return prefix !== undefined && overlaps(this.#parts.catalog.withheld, rangeSet([prefixRange(prefix)]));
  }

  async #isSubnetEmpty({ spec }: Resource): Promise<boolean> {
    const prefix = prefixOf(spec);
    if (prefix === undefined) return true;
    const { items } = await this.#parts.store.list<PoolResource>(poolKind);
    return !items.some((pool) => prefixOf(pool.spec) === prefix);
  }
}

function prefixOf(spec: unknown): string | undefined {
  const { subnet } = (spec ?? {}) as Partial<PoolSpec>;
  const prefix = readable(subnet, parsePrefix);
  return prefix === undefined ? undefined : formatPrefix(prefix);
}
