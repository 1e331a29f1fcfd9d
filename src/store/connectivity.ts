import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from './store.ts';

/** What helps while a store that daemons share is not reached. */
export const outageAdvice = 'retry; meanwhile addresses are given from the blocks that the node has leased';

/** Does a store answer? What those who ask it find; nobody else is asked. */
export class Contact {
  readonly #now: () => number;
  #heardAt: number | undefined;
  #awaySince: number | undefined;
  #back = new AbortController();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** When the first of the calls failed that nothing was heard after, milliseconds since 1970; undefined: it answers. */
  get awaySince(): number | undefined {
    return this.#awaySince;
  }

  /** When it was heard last, milliseconds since 1970; undefined: never since the start. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /** Aborts as soon as it is heard again. */
  get back(): AbortSignal {
    return this.#back.signal;
  }

  heard(): void {
    this.#heardAt = this.#now();
    if (this.#awaySince === undefined) return;
    this.#awaySince = undefined;
    const back = this.#back;
    this.#back = new AbortController();
    back.abort();
  }

  lost(): void {
    this.#awaySince ??= this.#now();
  }

  /** For people; empty: it answers. */
  get outage(): string {
    if (this.#awaySince === undefined) return '';
    return `the cluster is away since ${new Date(this.#awaySince).toISOString()}`;
  }
}

/**
 * Notes whether a store answers, and has its errors say since when it does not. Writes wait for whoever writes to know
 * what the store has: one who goes by what it saw last would lease over the blocks of others, and delete pools in use.
 */
export class ContactStore implements Store {
  readonly #store: Store;
  readonly #contact: Contact;
  readonly #requireCurrent: () => void;

  /** @param requireCurrent throws when nothing may be written yet */
  constructor(store: Store, contact: Contact, requireCurrent: () => void) {
    this.#store = store;
    this.#contact = contact;
    this.#requireCurrent = requireCurrent;
  }

  get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    return this.#noting(() => this.#store.get<R>(key));
  }

  list<R extends Resource>(kind: string): Promise<ResourceList<R>> {
    return this.#noting(() => this.#store.list<R>(kind));
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    return this.#noting(() => this.#store.create(resource, uid), true);
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#noting(() => this.#store.update(resource), true);
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#noting(() => this.#store.updateStatus(resource), true);
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    return this.#noting(() => this.#store.delete(key, resourceVersion), true);
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    try {
      for await (const event of this.#store.watch<R>(kind, fromVersion, signal)) {
        this.#contact.heard();
        yield event;
      }
    } catch (error) {
      throw this.#noted(error);
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #noting<T>(ask: () => Promise<T>, writes = false): Promise<T> {
    if (writes) this.#requireCurrent();
    try {
      const value = await ask();
      this.#contact.heard();
      return value;
    } catch (error) {
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (!isIpamError(error)) return error;
    if (error.code !== 'store-unavailable') {
      this.#contact.heard();
      return error;
    }
    this.#contact.lost();
    return new IpamError(error.code, `${this.#contact.outage}: ${error.message}`, {
      advice: outageAdvice,
      facts: { ...error.facts, awaySince: this.#contact.awaySince },
      cause: error,
    });
  }
}
