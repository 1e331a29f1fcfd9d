import { type Address, type Family, sameAddress } from '../../ip/address.ts';
import { prefixContains, prefixesOverlap } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import {
  containsAddress,
  emptyRangeSet,
  overlaps,
  type RangeSet,
  rangeSet,
  subtract,
  union,
} from '../../ip/range-set.ts';
import { addressWithheld, type Reservation } from '../../ipam/claim/refused-address.ts';
import { withheldFrom } from '../../ipam/claim/withheld.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Pool, type PoolResource, parsePool, poolKind } from '../../resources/pool.ts';
import { type Quarantine, quarantineOf } from '../../resources/quarantine.ts';
import { parseReservedIP, type ReservedIPResource, reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { scopeOf } from '../../resources/scope.ts';
import { inTurn } from '../../store/cache/in-turn.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import { WatchProgress } from '../../store/cache/watch-progress.ts';

/** What a catalog follows. */
export type CatalogKind = typeof poolKind | typeof reservedIPKind;

const closedBecause = 'gives nothing out: a reservation that cannot be read may be of it (ipam-cli check shows which)';

interface ReservedAddresses {
  readonly addresses: RangeSet;
  readonly quarantine: Quarantine | undefined;
  readonly resourceVersion: string;
}

function reservationOf(resource: Stored<ReservedIPResource>): ReservedAddresses {
  return {
    addresses: parseReservedIP(resource),
    quarantine: quarantineOf(resource.spec),
    resourceVersion: resource.metadata.resourceVersion,
  };
}

/**
 * How long a call waits to be shown what the store has answered, milliseconds. A store that went back has forgotten it, and a
 * watch may be interrupted for long: those who wait keep others from their turn.
 */
const showMs = 20_000;

function addressesOf(reservations: readonly ReservedAddresses[]): RangeSet {
  return reservations.reduce((all, { addresses }) => union(all, addresses), emptyRangeSet);
}

function isGoing({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** A pool that is being deleted gives out nothing; it stays until nothing of it is out. */
function poolOf(resource: Stored<PoolResource>): Pool {
  const pool = parsePool(resource);
  return isGoing(resource) ? { ...pool, disabled: true } : pool;
}

/** The pools and reserved addresses of now, parsed. What comes in can be parsed (`sieve`). */
export class Catalog {
  readonly #pools = new ObjectCache<PoolResource, Pool>(poolOf);
  readonly #reservations = new ObjectCache<ReservedIPResource, ReservedAddresses>(reservationOf);
  readonly #tell: (pools: readonly string[], former?: Pool) => void;
  readonly #save: () => Promise<void>;
  readonly #clock: Pick<Clock, 'pause'>;
  /** Asked for at every allocation, so sorted once per change. */
  #sorted: readonly Pool[] | undefined;
  readonly #progress = { [poolKind]: new WatchProgress(), [reservedIPKind]: new WatchProgress() };
  #reserved: RangeSet = emptyRangeSet;
  /** Neither reserved nor given: what objects that cannot be used may stand for, and what is not settled yet. */
  #withheld: RangeSet = emptyRangeSet;
  #closed: ReadonlySet<Family> = new Set();
  #next = Promise.withResolvers<void>();
  /** What is withheld from each pool, until something changes. */
  readonly #withheldFrom = new Map<string, RangeSet>();

  /**
   * @param changed told the names of pools whose addresses may be laid out differently now, and a pool as it was whose
   *   gateway is none any more
   * @param saved resolves when a start without the store would show what is shown now
   * @param clock for how long a change is waited for; absent: for ever
   */
  constructor(
    changed: (pools: readonly string[], former?: Pool) => void,
    saved: () => Promise<void> = async () => {},
    clock: Pick<Clock, 'pause'> = { pause: () => new Promise(() => {}) },
  ) {
    this.#tell = changed;
    this.#save = saved;
    this.#clock = clock;
  }

  /** Resolves when a pool is another than now. */
  get changed(): Promise<void> {
    return this.#next.promise;
  }

  /** Sorted by name. */
  get pools(): readonly Pool[] {
    this.#sorted ??= [...this.#pools.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((pool) => this.#asItIs(pool));
    return this.#sorted;
  }

  #asItIs(pool: Pool): Pool {
    return this.#closed.has(pool.family) && !pool.disabled ? { ...pool, disabled: true, closedBecause } : pool;
  }

  pool(name: string): Pool | undefined {
    const pool = this.#pools.get(name);
    return pool === undefined ? undefined : this.#asItIs(pool);
  }

  /** Pools that are being deleted, as they are stored, whether or not they can be used. */
  get going(): readonly Stored<Resource>[] {
    return this.#progress[poolKind].marked;
  }

  /** What no pool gives out. */
  get reserved(): RangeSet {
    return this.#reserved;
  }

  /** What may be somebody's, although nobody can tell whose: of objects that cannot be used, and of some that are gone. */
  get withheld(): RangeSet {
    return this.#withheld;
  }

  /** What no interface may get of a pool that offers it: what is reserved, and the gateways of the pools beside it. */
  withheldFrom(pool: Pool): RangeSet {
    const known = this.#withheldFrom.get(pool.name);
    if (known !== undefined) return known;
    const withheld = withheldFrom(pool, this.#reserved, this.#pools.values());
    this.#withheldFrom.set(pool.name, withheld);
    return withheld;
  }

  /** The error for who asks for exactly this address of a pool, and may not have it. */
  withheldError(address: Address, pool: Pool): IpamError {
    return addressWithheld(address, pool, this.reservationOf(address), containsAddress(this.#withheld, address));
  }

  /** Names of the other shared pools that may offer an address of this one: networks' ranges overlap as they like. */
  overlapping(pool: Pool): ReadonlySet<string> {
    const names = new Set<string>();
    const scope = scopeOf(pool.name);
    for (const other of this.#pools.values()) {
      if (other.name === pool.name || (pool.ranges ?? other.ranges) === undefined) continue;
      if (scopeOf(other.name) === scope && prefixesOverlap(other.subnet, pool.subnet)) names.add(other.name);
    }
    return names;
  }

  /** @param closed families of which no pool gives anything out */
  withhold(withheld: RangeSet, closed: ReadonlySet<Family>): void {
    const changed = union(subtract(withheld, this.#withheld), subtract(this.#withheld, withheld));
    this.#withheld = withheld;
    this.#closed = closed;
    this.#sum();
    const touched = [...this.#pools.values()].filter(({ subnet }) =>
      overlaps(changed, rangeSet([prefixRange(subnet)])),
    );
    this.#changed(touched.map(({ name }) => name));
  }

  #sum(): void {
    this.#reserved = union(addressesOf([...this.#reservations.values()]), this.#withheld);
  }

  /** What is reserved by plan, and not because it was found in use. */
  get planned(): RangeSet {
    return addressesOf([...this.#reservations.values()].filter(({ quarantine }) => quarantine === undefined));
  }

  get quarantined(): RangeSet {
    return addressesOf([...this.#reservations.values()].filter(({ quarantine }) => quarantine !== undefined));
  }

  /** Why an address is in quarantine; undefined: it is not. */
  quarantineOf(address: Address): Quarantine | undefined {
    return this.reservationOf(address)?.quarantine;
  }

  /** What reserves an address, a quarantine before what was planned; undefined: nothing that can be read. */
  reservationOf(address: Address): Reservation | undefined {
    // Asked at every ADD, and almost never so: the reservations are not gone through for it.
    if (!containsAddress(this.#reserved, address)) return undefined;
    let planned: Reservation | undefined;
    for (const [name, { addresses, quarantine }] of this.#reservations.entries()) {
      if (!containsAddress(addresses, address)) continue;
      if (quarantine !== undefined) return { name, quarantine };
      planned ??= { name, quarantine };
    }
    return planned;
  }

  /** How many there are. */
  get quarantines(): number {
    return [...this.#reservations.values()].filter(({ quarantine }) => quarantine !== undefined).length;
  }

  /** Names and versions of the quarantines that have had their time. */
  quarantinesOver(now: number): readonly { readonly name: string; readonly resourceVersion: string }[] {
    return [...this.#reservations.entries()].flatMap(([name, { quarantine, resourceVersion }]) =>
      quarantine?.until !== undefined && quarantine.until <= now ? [{ name, resourceVersion }] : [],
    );
  }

  readonly poolReflection: Reflection<PoolResource> = {
    replace: (resources) => {
      const former = [...this.#pools.keys()];
      this.#pools.replace(resources);
      this.#changed([...new Set([...former, ...this.#pools.keys()])]);
    },
    put: (resource) => this.#changedFrom(resource.metadata.name, this.#pools.put(resource)),
    remove: (resource) => this.#changedFrom(resource.metadata.name, this.#pools.remove(resource)),
  };

  readonly reservedReflection: Reflection<ReservedIPResource> = {
    replace: (resources) => this.#reserve(() => this.#reservations.replace(resources)),
    put: (resource) => this.#reserve(() => this.#reservations.put(resource)),
    remove: (resource) => this.#reserve(() => this.#reservations.remove(resource)),
  };

  /**
   * Says how far the watch has come only when everything else here goes by it. Told of every object, also of those that
   * cannot be used: an apply over one waits for it to be shown.
   */
  showing<R extends Resource>(kind: CatalogKind, reflection: Reflection<R>): Reflection<R> {
    return inTurn<R>(reflection, this.#progress[kind]);
  }

  /**
   * Resolves when this catalog shows an object as the store gave it, or as it was made later, also after a restart.
   * Showing what the answer says at once would race with older events that the watch has yet to bring.
   * @throws IpamError store-unavailable: it was not shown in time
   */
  async caughtUp(kind: CatalogKind, stored: Stored<Resource>): Promise<void> {
    await this.#inTime(stored, (signal) => this.#progress[kind].caughtUp(stored, signal));
    await this.#save();
  }

  /**
   * Resolves when this catalog has an object no more that was deleted, also after a restart.
   * @param present its state before
   * @throws IpamError store-unavailable: it was not shown in time
   */
  async waitUntilDeleted(kind: CatalogKind, present: Stored<Resource>): Promise<void> {
    await this.#inTime(present, (signal) => this.#progress[kind].waitUntilDeleted(present, signal));
    await this.#save();
  }

  async #inTime({ kind, metadata }: Resource, shown: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController();
    try {
      if (await comesInTime(shown(over.signal), showMs, this.#clock)) return;
    } finally {
      over.abort();
    }
    const text = `the store took the change of ${kind} "${metadata.name}", and did not show it within ${showMs / 1_000} s`;
    throw new IpamError('store-unavailable', text, { advice: 'look at it with ipam-cli get, and try again' });
  }

  #changed(pools: readonly string[], former?: Pool): void {
    this.#sorted = undefined;
    this.#withheldFrom.clear();
    this.#tell(pools, former);
    const told = this.#next;
    this.#next = Promise.withResolvers();
    told.resolve();
  }

  /** Another gateway is withheld from the pools beside it as well, and the former one is not. */
  #changedFrom(name: string, former: Pool | undefined): void {
    const [was, is] = [former?.gateway, this.#pools.get(name)?.gateway];
    if (was === is || (was !== undefined && is !== undefined && sameAddress(was, is))) {
      this.#changed([name]);
      return;
    }
    const scope = scopeOf(name);
    const offers = ({ subnet }: Pool, gateway: Address | undefined): boolean =>
      gateway !== undefined && prefixContains(subnet, gateway);
    const beside = [...this.#pools.values()]
      .filter((pool) => scopeOf(pool.name) === scope && (offers(pool, was) || offers(pool, is)))
      .map((pool) => pool.name);
    this.#changed([...new Set([name, ...beside])], was === undefined ? undefined : former);
  }

  #reserve(change: () => void): void {
    change();
    this.#sum();
    this.#changed([...this.#pools.keys()]);
  }
}
