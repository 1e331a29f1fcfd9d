import type { Address } from '../ip/address.ts';
import { containsAddress, emptyRangeSet, type RangeSet, union } from '../ip/range-set.ts';
import { type Pool, type PoolResource, parsePool, poolKind } from '../resources/pool.ts';
import { type Quarantine, quarantineOf } from '../resources/quarantine.ts';
import { parseReservedIP, type ReservedIPResource, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Reflection } from '../store/reflect.ts';
import type { Log } from '../telemetry/log.ts';
import { Shown } from './shown.ts';

/** What a catalog follows. */
export type CatalogKind = typeof poolKind | typeof reservedIPKind;

interface Reservation {
  readonly addresses: RangeSet;
  readonly quarantine: Quarantine | undefined;
  readonly resourceVersion: string;
}

function reservationOf(resource: Stored<ReservedIPResource>): Reservation {
  return {
    addresses: parseReservedIP(resource),
    quarantine: quarantineOf(resource.spec),
    resourceVersion: resource.metadata.resourceVersion,
  };
}

function addressesOf(reservations: readonly Reservation[]): RangeSet {
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

/** The pools and reserved addresses of now, parsed. One that cannot be parsed is reported and left out. */
export class Catalog {
  readonly #pools = new Map<string, Pool>();
  readonly #reservations = new Map<string, Reservation>();
  readonly #log: Log;
  readonly #tell: (pools: readonly string[]) => void;
  readonly #save: () => Promise<void>;
  /** Asked for at every allocation, so sorted once per change. */
  #sorted: readonly Pool[] | undefined;
  readonly #retired = new Set<string>();
  readonly #shown = { [poolKind]: new Shown(), [reservedIPKind]: new Shown() };
  #reserved: RangeSet = emptyRangeSet;

  /**
   * @param changed told the names of pools whose addresses may be laid out differently now
   * @param saved resolves when a start without the store would show what is shown now
   */
  constructor(log: Log, changed: (pools: readonly string[]) => void, saved: () => Promise<void> = async () => {}) {
    this.#log = log;
    this.#tell = changed;
    this.#save = saved;
  }

  /** Sorted by name. */
  get pools(): readonly Pool[] {
    this.#sorted ??= [...this.#pools.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((pool) => this.#asItIs(pool));
    return this.#sorted;
  }

  #asItIs(pool: Pool): Pool {
    return this.#retired.has(pool.name) ? { ...pool, disabled: true } : pool;
  }

  /** Gives nothing out of a pool that is about to be deleted. */
  retire(name: string): void {
    this.#retired.add(name);
    this.#sorted = undefined;
  }

  unretire(name: string): void {
    this.#retired.delete(name);
    this.#sorted = undefined;
  }

  pool(name: string): Pool | undefined {
    const pool = this.#pools.get(name);
    return pool === undefined ? undefined : this.#asItIs(pool);
  }

  get reserved(): RangeSet {
    return this.#reserved;
  }

  /** What is reserved by plan, and not because it was found in use. */
  get planned(): RangeSet {
    return addressesOf([...this.#reservations.values()].filter(({ quarantine }) => quarantine === undefined));
  }

  /** Why an address is in quarantine; undefined: it is not. */
  quarantineOf(address: Address): Quarantine | undefined {
    for (const { addresses, quarantine } of this.#reservations.values()) {
      if (quarantine !== undefined && containsAddress(addresses, address)) return quarantine;
    }
    return undefined;
  }

  /** Names and versions of the quarantines that have had their time. */
  quarantinesOver(now: number): readonly { readonly name: string; readonly resourceVersion: string }[] {
    return [...this.#reservations].flatMap(([name, { quarantine, resourceVersion }]) =>
      quarantine?.until !== undefined && quarantine.until <= now ? [{ name, resourceVersion }] : [],
    );
  }

  readonly poolReflection: Reflection<PoolResource> = this.#showing(poolKind, {
    replace: (resources) => {
      this.#replace(this.#pools, resources, poolOf);
      this.#changed([...this.#pools.keys()]);
    },
    put: (resource) => {
      this.#put(this.#pools, resource, poolOf);
      this.#changed([resource.metadata.name]);
    },
    remove: (resource) => {
      this.#pools.delete(resource.metadata.name);
      this.#retired.delete(resource.metadata.name);
      this.#changed([resource.metadata.name]);
    },
  });

  readonly reservedReflection: Reflection<ReservedIPResource> = this.#showing(reservedIPKind, {
    replace: (resources) => this.#reserve(() => this.#replace(this.#reservations, resources, reservationOf)),
    put: (resource) => this.#reserve(() => this.#put(this.#reservations, resource, reservationOf)),
    remove: (resource) => this.#reserve(() => this.#reservations.delete(resource.metadata.name)),
  });

  /** Says how far the picture has come only when everything else here goes by it. */
  #showing<R extends Resource>(kind: CatalogKind, reflection: Reflection<R>): Reflection<R> {
    const shown = this.#shown[kind];
    return {
      replace: (resources, version) => {
        reflection.replace(resources, version);
        shown.replace(resources, version);
      },
      put: (resource) => {
        reflection.put(resource);
        shown.put(resource);
      },
      remove: (resource) => {
        reflection.remove(resource);
        shown.remove(resource);
      },
    };
  }

  /**
   * Resolves when this catalog shows an object as the store gave it, or as it was made later, also after a restart.
   * Showing what the answer says at once would race with older events that the watch has yet to bring.
   */
  async shows(kind: CatalogKind, stored: Stored<Resource>): Promise<void> {
    await this.#shown[kind].reached(stored);
    await this.#save();
  }

  /** Resolves when this catalog has an object no more that was deleted, also after a restart. @param present its state before */
  async forgets(kind: CatalogKind, present: Stored<Resource>): Promise<void> {
    await this.#shown[kind].gone(present);
    await this.#save();
  }

  #changed(pools: readonly string[]): void {
    this.#sorted = undefined;
    this.#tell(pools);
  }

  #reserve(change: () => void): void {
    change();
    this.#reserved = addressesOf([...this.#reservations.values()]);
    this.#changed([...this.#pools.keys()]);
  }

  #replace<R extends Resource, T>(
    into: Map<string, T>,
    resources: readonly Stored<R>[],
    parse: (r: Stored<R>) => T,
  ): void {
    into.clear();
    for (const resource of resources) this.#put(into, resource, parse);
  }

  #put<R extends Resource, T>(into: Map<string, T>, resource: Stored<R>, parse: (r: Stored<R>) => T): void {
    const { name } = resource.metadata;
    try {
      into.set(name, parse(resource));
    } catch (error) {
      this.#log.error(
        { err: error, kind: resource.kind, name },
        'skipping a resource that breaks its rules; its former state stays in force',
      );
    }
  }
}
