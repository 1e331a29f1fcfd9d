import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';

/** A write that was allowed, or waits for its verdict, and that a list may not show yet. */
export interface PendingWrite {
  /** Names the review. */
  readonly id: string;
  /** As it is to be. */
  readonly resource: Resource;
  /** The version that it replaces; empty: there is none yet. */
  readonly replaces: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Did whoever asked prove to be an API server? */
  readonly isProven: boolean;
}

export type AskedWrite = Pick<PendingWrite, 'resource' | 'replaces' | 'isProven'>;

export interface PendingWritesOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  /** Of the ConfigMap that replicas share. */
  readonly name: string;
  readonly clock: Clock;
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
const provenMs = 120_000;
/**
 * Anybody who reaches the port can say that something is about to be written. What an API server has just asked about is
 * in the store milliseconds later, so what is not there after this time is believed no more.
 */
const unprovenMs = 5_000;
/** Between two looks whether a write that nobody vouches for has come. */
const lookAgainMs = 200;
/** Of those that are not proven so many are kept, the newest, and so many characters of them. */
const mostUnproven = 64;
const longestUnproven = 32 * 1024;
/**
 * The API server's etcd keeps every version of the ConfigMap for minutes, so with such writes in it no more is written in the
 * long run than this, characters a millisecond, and so much at once.
 */
const writtenPerMs = 256;
const aheadMs = 60_000;
/** Replicas that were faster, before the author of the write is asked to try again. */
const attempts = 10;

type Attempt<T> =
  | { readonly kind: 'allowed'; readonly outcome: T }
  | { readonly kind: 'refused'; readonly error: unknown }
  /** Only writes that are not proven stand against it. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'overtaken' };

/**
 * The writes that were allowed a moment ago, shared by all replicas of the webhook in one ConfigMap. Two pools that
 * overlap can be reviewed at the same instant, and neither is stored then. Whoever allows a write enters it here first,
 * under the version that it read: of two reviewers the second must look again, and sees it.
 *
 * An entry is settled when its object is no longer at the version that it replaces: then the write happened and is in
 * the store, or it never will, for the API server reviews it again when another write came between.
 *
 * What is not proven to come from an API server refuses nothing. Whoever meets it waits until it is in the store, and then
 * that refuses, or is believed no more. He waits in the list, so that nobody who comes later goes before him.
 */
export class PendingWrites<World extends StoredWorld> {
  readonly #options: PendingWritesOptions;
  readonly #look: () => Promise<World>;
  /** Of one replica one at a time: they would only overtake each other. */
  readonly #turns = new KeyedLock();
  /** When all that was written with unproven writes in it has been paid for. */
  #paidAt = 0;

  /** @param look reads the world from the store, not from a view that lags */
  constructor(options: PendingWritesOptions, look: () => Promise<World>) {
    this.#options = options;
    this.#look = look;
  }

  /**
   * In this order: what settles between the two reads is seen in the world. For who enters nothing: without what is not
   * proven.
   */
  async surroundings(): Promise<Surroundings<World>> {
    const { world, pending } = await this.#read();
    return { world, pending: pending.filter(({ isProven }) => isProven) };
  }

  /**
   * Enters a write that `review` has no objection to, seeing all that was entered before.
   * @param review throws to object; called again when another replica was faster, and while it waits
   * @throws what `review` throws; IpamError not-ready when others were faster each time
   */
  async enter<T>(asked: AskedWrite, review: (around: Surroundings<World>) => T, signal: AbortSignal): Promise<T> {
    const write = { ...asked, resource: specOf(asked.resource), id: randomUUID() };
    for (let overtaken = 0; overtaken < attempts && !signal.aborted; ) {
      const attempt = await this.#turns.run('', async (): Promise<Attempt<T>> => {
        if (!asked.isProven) await this.#untilPaid(signal);
        return signal.aborted ? { kind: 'waiting' } : this.#attempt(write, review);
      });
      switch (attempt.kind) {
        case 'allowed':
          return attempt.outcome;
        case 'refused':
          throw attempt.error;
        case 'overtaken':
          overtaken += 1;
          break;
        case 'waiting':
          await this.#options.clock.pause(lookAgainMs, signal);
      }
    }
    throw new IpamError('not-ready', 'too many writes of pools and subnets at once', { advice: 'try again' });
  }

  /** In turn: whoever comes later waits behind. */
  async #untilPaid(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const early = this.#paidAt - aheadMs - clock.elapsed();
    if (early > 0) await clock.pause(early, signal);
  }

  async #attempt<T>(write: Omit<PendingWrite, 'at'>, review: (around: Surroundings<World>) => T): Promise<Attempt<T>> {
    const { present, world, pending } = await this.#read();
    const place = pending.findIndex(({ id }) => id === write.id);
    const before = place < 0 ? pending : pending.slice(0, place);
    const others = pending.filter(({ id }) => id !== write.id);
    const now = this.#options.clock.elapsed();
    const all = outcomeOf(review, { world, pending: before });
    if ('outcome' in all) {
      const entered = await this.#write(present, [...others, { ...write, at: now }]);
      return entered ? { kind: 'allowed', outcome: all.outcome } : { kind: 'overtaken' };
    }
    const sure = outcomeOf(review, { world, pending: before.filter(({ isProven }) => isProven) });
    if ('outcome' in sure) {
      if (place >= 0) return { kind: 'waiting' };
      // Until its verdict nobody vouches for it either. It outlasts all that it waits for.
      const waiting = { ...write, at: now + unprovenMs, isProven: false };
      const entered = await this.#write(present, [...pending, waiting]);
      return entered ? { kind: 'waiting' } : { kind: 'overtaken' };
    }
    if (place >= 0 && !(await this.#write(present, others))) return { kind: 'overtaken' };
    return { kind: 'refused', error: sure.error };
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
    const now = this.#options.clock.elapsed();
    const pending = all.filter(
      ({ resource, replaces, at, isProven }) =>
        at > now - (isProven ? provenMs : unprovenMs) &&
        (world.versionOf(resource.kind, resource.metadata.name) ?? '') === replaces,
    );
    return { present, world, all, pending };
  }

  /** @returns false when another replica was faster */
  async #write(present: ConfigMap | undefined, pending: readonly PendingWrite[]): Promise<boolean> {
    const { client, namespace, name } = this.#options;
    const kept = modest(pending);
    const data = { pending: JSON.stringify(kept) };
    if (kept.some(({ isProven }) => !isProven)) {
      this.#paidAt = Math.max(this.#paidAt, this.#options.clock.elapsed()) + data.pending.length / writtenPerMs;
    }
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

/** Without the oldest of those that are not proven, when there are too many. */
function modest(pending: readonly PendingWrite[]): readonly PendingWrite[] {
  let [left, characters] = [mostUnproven, longestUnproven];
  const kept = pending.toReversed().filter((write) => {
    if (write.isProven) return true;
    left -= 1;
    characters -= JSON.stringify(write).length;
    return left >= 0 && (characters >= 0 || left === mostUnproven - 1);
  });
  return kept.reverse();
}

function outcomeOf<World, T>(
  review: (around: Surroundings<World>) => T,
  around: Surroundings<World>,
): { readonly outcome: T } | { readonly error: unknown } {
  try {
    return { outcome: review(around) };
  } catch (error) {
    return { error };
  }
}

/** As much of a resource as rules compare. */
function specOf({ apiVersion, kind, metadata: { name, labels }, spec }: Resource): Resource {
  return { apiVersion, kind, metadata: { name, ...(labels === undefined ? {} : { labels }) }, spec };
}
