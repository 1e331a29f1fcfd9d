import { KeyedLock } from '../../daemon/keyed-lock.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';

/** A write that was allowed, and that a list may not show yet. */
export interface PendingWrite {
  /** As it is to be. */
  readonly resource: Resource;
  /** The version that it replaces; empty: there is none yet. */
  readonly replaces: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface PendingWritesOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  /** Of the ConfigMap that replicas share. */
  readonly name: string;
  readonly now: () => number;
}

/** What a reviewer finds: everything as stored, and the writes that may come on top. */
export interface Surroundings<World> {
  readonly world: World;
  readonly pending: readonly PendingWrite[];
}

/** The stored objects that pending writes are about. */
export interface StoredWorld {
  readonly versionOf: (kind: string, name: string) => string | undefined;
}

interface ConfigMap {
  readonly metadata: { readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** An API server gives a request up after one minute; as much again is for clocks that differ. */
const pendingMs = 120_000;
/** Replicas that were faster, before the author of the write is asked to try again. */
const attempts = 10;

/**
 * The writes that were allowed a moment ago, shared by all replicas of the webhook in one ConfigMap. Two pools that
 * overlap can be reviewed at the same instant, and neither is stored then. Whoever allows a write enters it here first,
 * under the version that it read: of two reviewers the second must look again, and sees it.
 *
 * An entry is settled when its object is no longer at the version that it replaces: then the write happened and is in
 * the store, or it never will, for the API server reviews it again when another write came between.
 */
export class PendingWrites<World extends StoredWorld> {
  readonly #options: PendingWritesOptions;
  readonly #look: () => Promise<World>;
  /** Of one replica one at a time: they would only overtake each other. */
  readonly #turns = new KeyedLock();

  /** @param look reads the world from the store, not from a picture that lags */
  constructor(options: PendingWritesOptions, look: () => Promise<World>) {
    this.#options = options;
    this.#look = look;
  }

  /** In this order: what settles between the two reads is seen in the world. */
  async surroundings(): Promise<Surroundings<World>> {
    const { world, pending } = await this.#read();
    return { world, pending };
  }

  /**
   * Enters a write that `review` has no objection to, seeing all that was entered before.
   * @param review throws to object; called again when another replica was faster
   * @throws what `review` throws; IpamError not-ready when others were faster each time
   */
  enter<T>(write: Omit<PendingWrite, 'at'>, review: (around: Surroundings<World>) => T): Promise<T> {
    return this.#turns.run('', () => this.#enter(write, review));
  }

  async #enter<T>(write: Omit<PendingWrite, 'at'>, review: (around: Surroundings<World>) => T): Promise<T> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { present, world, pending } = await this.#read();
      const outcome = review({ world, pending });
      const entry = { ...write, resource: wishOf(write.resource), at: this.#options.now() };
      if (await this.#write(present, [...pending, entry])) return outcome;
    }
    throw new IpamError('not-ready', 'too many writes of pools and subnets at once', { advice: 'try again' });
  }

  /** Before an object is deleted: without it nobody could tell any more that entries about it are settled. */
  async settle(kind: string, name: string): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { present, pending, all } = await this.#read();
      const isSettled = (one: PendingWrite): boolean =>
        one.resource.kind === kind && one.resource.metadata.name === name;
      if (!all.some((one) => isSettled(one) && !pending.includes(one))) return;
      if (await this.#write(present, pending)) return;
    }
  }

  async #read() {
    const present = await this.#options.client.get<ConfigMap>(this.#path);
    const world = await this.#look();
    const all = entriesOf(present);
    const since = this.#options.now() - pendingMs;
    const pending = all.filter(
      ({ resource, replaces, at }) =>
        at > since && (world.versionOf(resource.kind, resource.metadata.name) ?? '') === replaces,
    );
    return { present, world, all, pending };
  }

  /** @returns false when another replica was faster */
  async #write(present: ConfigMap | undefined, pending: readonly PendingWrite[]): Promise<boolean> {
    const { client, namespace, name } = this.#options;
    const data = { pending: JSON.stringify(pending) };
    try {
      if (present === undefined) {
        const metadata = { name, namespace };
        await client.create(this.#collection, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
      } else await client.replace(this.#path, { ...present, data });
      return true;
    } catch (error) {
      const overtaken = ['conflict', 'already-exists', 'not-found'] as const;
      if (overtaken.some((code) => isIpamError(error, code))) return false;
      throw error;
    }
  }

  get #collection(): string {
    return `/api/v1/namespaces/${this.#options.namespace}/configmaps`;
  }

  get #path(): string {
    return `${this.#collection}/${this.#options.name}`;
  }
}

/** Somebody may have emptied it, or worse: then what was pending is forgotten, and the store still knows the rest. */
function entriesOf(present: ConfigMap | undefined): readonly PendingWrite[] {
  const text = present?.data?.pending ?? '';
  if (text === '') return [];
  try {
    return JSON.parse(text) as readonly PendingWrite[];
  } catch {
    return [];
  }
}

/** As much of a resource as rules compare. */
function wishOf({ apiVersion, kind, metadata: { name, labels }, spec }: Resource): Resource {
  return { apiVersion, kind, metadata: { name, ...(labels === undefined ? {} : { labels }) }, spec };
}
