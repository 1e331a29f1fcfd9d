import { setImmediate as turn } from 'node:timers/promises';
import { IpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { isSelected } from '../select.ts';
import type { Change, ResourceKey, ResourceList, Selection, Store } from '../store.ts';
import { isResourceOf, unreadable } from '../unreadable.ts';
import { Wakers } from '../wakers.ts';
import {
  ownOf,
  type Written,
  writtenByCreate,
  writtenByDelete,
  writtenByStatusUpdate,
  writtenByUpdate,
} from '../write-semantics.ts';
import { GroupCommit } from './group-commit.ts';
import { Records } from './records.ts';
import { belongsInStore, changeKey, keyNamed, objectKey, resourceKeyOf, versionKey } from './store-key.ts';

export interface EmbeddedStoreOptions {
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newUid: () => string;
  /** Changes kept for watchers that fall behind, at least 1. */
  readonly keptChanges?: number;
  /** How soon a watcher sees what another process wrote, milliseconds. */
  readonly pollMs?: number;
}

/** Objects of a list that are decoded in one turn, some milliseconds' work: a runtime's calls come between two parts. */
const partLength = 256;

/** The resource port on one LMDB environment, for one machine; several processes may open it. */
export class EmbeddedStore implements Store {
  readonly #options: Required<EmbeddedStoreOptions>;
  readonly #records: Records;
  readonly #commits: GroupCommit;
  readonly #wakers = new Wakers();
  #poll: NodeJS.Timeout | undefined;
  #seenVersion = '';
  #closed = false;

  /** @throws IpamError storage-damaged, storage-full, store-unavailable */
  constructor(options: EmbeddedStoreOptions) {
    this.#options = { keptChanges: 10_000, pollMs: 100, ...options };
    this.#records = new Records(options.directory, belongsInStore);
    this.#commits = new GroupCommit(this.#records);
  }

  async get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    this.#requireOpen();
    return this.#object<R>(key);
  }

  async list<R extends Resource>(kind: string, selection?: Selection): Promise<ResourceList<R>> {
    this.#requireOpen();
    // One read transaction: the version belongs to the items.
    this.#records.refresh();
    const records = this.#records.encoded(`o ${kind} `, `o ${kind}!`);
    const version = String(this.#version());
    const items: Stored<R>[] = [];
    let decoded = 0;
    for (const { key, value } of records) {
      const object = objectOf<R>(keyNamed(key), this.#records.decode<unknown>(key, value));
      if (isSelected(object, selection)) items.push(object);
      decoded += 1;
      if (decoded % partLength === 0) await turn();
    }
    return { items, version };
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    return this.#write(() => {
      const present = this.#object<R>(resourceKeyOf(resource));
      if (present !== undefined) return ownOf(present, uid);
      const given = { uid: uid ?? this.#options.newUid(), creationTimestamp: this.#now() };
      return this.#apply(writtenByCreate(resource, given)) as Stored<R>;
    });
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#write(() => {
      const present = this.#present(resourceKeyOf(resource), resource.metadata.resourceVersion);
      return this.#apply(writtenByUpdate(present, resource)) as Stored<R>;
    });
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#write(() => {
      const present = this.#present(resourceKeyOf(resource), resource.metadata.resourceVersion);
      return this.#apply(writtenByStatusUpdate(present, resource)) as Stored<R>;
    });
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    return this.#write(() => {
      const written = writtenByDelete(this.#present(key, resourceVersion), this.#now());
      if (written !== undefined) this.#apply(written);
    });
  }

  async *watch<R extends Resource>(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<Change<R>> {
    this.#requireOpen();
    let seen = Number(fromVersion);
    if (!Number.isSafeInteger(seen) || seen < 0)
      throw new IpamError('invalid-argument', `"${fromVersion}" is not a version of this store`);
    const watch = this.#wakers.join(signal);
    this.#startPolling();
    try {
      while (!signal.aborted && !this.#closed) {
        watch.looking();
        const { changes, last } = this.#changesAfter(seen);
        for (const { type, resource } of changes) {
          if (resource.kind !== kind) continue;
          if (signal.aborted) return;
          yield { type, resource: resource as Stored<R> };
        }
        seen = last;
        if (!watch.isWoken && !signal.aborted && !this.#closed) await watch.woken();
      }
    } finally {
      watch.leave();
      if (this.#wakers.size === 0) this.#stopPolling();
    }
  }

  /** Why nothing can be kept now; empty: it can, by the last commit and a look at the disk. */
  trouble(): string {
    return this.#commits.trouble();
  }

  /** Commits next to nothing, to learn whether anything could be kept. */
  async probe(): Promise<void> {
    await this.#commits.probe();
    if (this.trouble() !== '') this.#wake();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#commits.close();
    this.#closed = true;
    this.#stopPolling();
    this.#wake();
    await this.#records.close();
  }

  /** Watchers look after a failure too: LMDB may have given its file up, and nothing else would tell them. */
  async #write<T>(apply: () => T): Promise<T> {
    try {
      return await this.#commits.run(apply);
    } finally {
      this.#wake();
    }
  }

  /** Inside a transaction: gives the object its next version, keeps or removes it, and logs the change. */
  #apply({ type, resource }: Written): Stored<Resource> {
    const version = this.#nextVersion();
    const metadata = { ...resource.metadata, resourceVersion: String(version) };
    const stored = { ...resource, metadata } as Stored<Resource>;
    const key = objectKey(resourceKeyOf(stored));
    if (type === 'deleted') this.#records.remove(key);
    else this.#records.put(key, stored);
    this.#log(version, { type, resource: stored });
    return stored;
  }

  #now(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #present(key: ResourceKey, resourceVersion: string | undefined): Stored<Resource> {
    const present = this.#object(key);
    const facts = { kind: key.kind, name: key.name };
    if (present === undefined) throw new IpamError('not-found', `no ${key.kind} is named "${key.name}"`, { facts });
    const is = present.metadata.resourceVersion;
    if (resourceVersion === undefined || is === resourceVersion) return present;
    throw new IpamError(
      'conflict',
      `${key.kind} "${key.name}" has changed: it is at version ${is}, not ${resourceVersion}`,
      {
        advice: 'read it again and repeat the change',
        facts,
      },
    );
  }

  #nextVersion(): number {
    const version = this.#version() + 1;
    this.#records.put(versionKey, version);
    return version;
  }

  #version(): number {
    return this.#records.read<number>(versionKey) ?? 0;
  }

  /** A change of its own key per version; the oldest makes room. */
  #log(version: number, change: Change<Resource>): void {
    this.#records.put(changeKey(version), change);
    const oldest = version - this.#options.keptChanges;
    if (oldest > 0) this.#records.remove(changeKey(oldest));
  }

  #changesAfter(seen: number): { readonly changes: readonly Change<Resource>[]; readonly last: number } {
    this.#records.refresh();
    const last = this.#version();
    if (seen > last)
      throw new IpamError('compacted', `version ${seen} is of another history than this store's (now at ${last})`);
    // The limit may have been lower when changes were dropped, so the first one kept decides.
    const start = changeKey(seen + 1);
    if (seen < last && !this.#records.has(start)) {
      throw new IpamError('compacted', `changes after version ${seen} are no longer kept`, { advice: 'list again' });
    }
    const changes = [...this.#records.range<Change<Resource>>(start, changeKey(last + 1))].map(({ value }) => value);
    return { changes, last };
  }

  #object<R extends Resource>(key: ResourceKey): Stored<R> | undefined {
    const value = this.#records.read<unknown>(objectKey(key));
    return value === undefined ? undefined : objectOf<R>(key, value);
  }

  #requireOpen(): void {
    if (this.#closed) throw new IpamError('store-unavailable', `the store in ${this.#options.directory} is closed`);
  }

  #wake(): void {
    this.#wakers.wake();
  }

  /** Other processes cannot wake us: look at the version now and then, as long as somebody watches. */
  #startPolling(): void {
    if (this.#poll !== undefined) return;
    this.#seenVersion = this.#records.latest(versionKey);
    this.#poll = setInterval(() => {
      // Compared as bytes: a damaged record is the watchers' to report, not this timer's to die of.
      const version = this.#records.latest(versionKey);
      if (version !== this.#seenVersion) this.#wake();
      this.#seenVersion = version;
    }, this.#options.pollMs);
    this.#poll.unref();
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}

/** A record that is whole may still be no resource of its key: a tool wrote it. */
function objectOf<R extends Resource>(key: ResourceKey, value: unknown): Stored<R> {
  const isOurs = isResourceOf(value, key) && /^\d+$/.test(value.metadata.resourceVersion ?? '');
  if (isOurs) return value as Stored<R>;
  const { metadata, ...rest } = unreadable(key);
  return { ...rest, metadata: { ...metadata, resourceVersion: '0' } } as Stored<R>;
}
