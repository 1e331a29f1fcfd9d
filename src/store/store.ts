import type { Resource, Stored } from '../resources/resource.ts';

/** Names one object. `namespace` only for kinds that live in one. */
export interface ResourceKey {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ResourceList<R extends Resource> {
  readonly items: readonly Stored<R>[];
  /** Watch from here to see everything that the list does not show yet. */
  readonly version: string;
  /** Which store it is, where a store knows: another text is another store, though it answer at the same address. */
  readonly origin?: string;
}

/** Which objects of a kind: those that have all these labels. */
export interface Selection {
  readonly labels: Readonly<Record<string, string>>;
  /**
   * What was written up to this version will do, where that costs the store less: of what came later some may be missing, or
   * shown as it was. `0`: what was so a moment ago, good for nothing but a guess. Absent: all that was written before the question.
   */
  readonly atLeast?: string;
  /** The answer may take so long, milliseconds: for who waits for a store that has to look through all. Absent: as any answer. */
  readonly withinMs?: number;
}

export interface GetOptions {
  /**
   * What was so a moment ago will do, where that costs the store less: it may be older than what this caller has written or
   * seen, and is good for nothing but a guess.
   */
  readonly stale?: boolean;
}

export type Change<R extends Resource> =
  | { readonly type: 'added'; readonly resource: Stored<R> }
  | { readonly type: 'modified'; readonly resource: Stored<R> }
  /** The last state before the delete, with the version of the delete itself. */
  | { readonly type: 'deleted'; readonly resource: Stored<R> };

/** Nothing changed up to this version: who resumes from here finds it kept longer. Some stores send none. */
export interface Bookmark {
  readonly type: 'bookmark';
  readonly version: string;
  /**
   * The way to the store was lost just now, and may lead to another history when it is found again: one that was set back
   * by a restore. Who cares looks before going on.
   */
  readonly interrupted?: true;
}

export type WatchEvent<R extends Resource> = Change<R> | Bookmark;

/**
 * All that the program knows about storage. Atomic on one object and on nothing more, because that
 * is what an API server, etcd and a local B-tree can all do.
 *
 * `status` has a write of its own: create and update leave it alone (decision 10). A write that changes nothing
 * may return the present version and show no change to watchers.
 *
 * Versions are decimal integers that grow with every change of a kind; objects that one write changed together may have
 * the same (Kubernetes: KEP-5504).
 *
 * Every write that has resolved is durable. Errors are IpamErrors: those named below,
 * `store-unavailable`, `storage-full` and `storage-damaged`; after one of the last three the write
 * may or may not have happened. A store that others guard as well (an API server with its roles and webhooks)
 * also refuses with `permission-denied` and `invalid-config`; then nothing was written.
 */
export interface Store {
  get<R extends Resource>(key: ResourceKey, options?: GetOptions): Promise<Stored<R> | undefined>;
  /** Sorted by namespace, then name. What was written before the call is in it, selected or not. */
  list<R extends Resource>(kind: string, selection?: Selection): Promise<ResourceList<R>>;
  /**
   * The new object has no status.
   * @param uid chosen by the caller, so that a create whose answer was lost can be made again: an object that is there
   *   under this uid is the answer. Else the store chooses. Stores whose server chooses refuse it with `unsupported`.
   * @throws already-exists
   */
  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>>;
  /**
   * Replaces all but the status when `metadata.resourceVersion` is the present one. An object that is being
   * deleted is gone when its last finalizer is.
   * @throws conflict, not-found
   */
  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>>;
  /** Replaces the status and nothing else when `metadata.resourceVersion` is the present one. @throws conflict, not-found */
  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>>;
  /**
   * An object with finalizers is only marked with a deletionTimestamp; the others are gone.
   * @throws conflict (another version is present; `undefined` deletes any), not-found
   */
  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void>;
  /**
   * Every change to the kind after `fromVersion`, in order, each once, until `signal` aborts
   * (then the iteration ends) or the store closes.
   * A watch that is lost and goes on elsewhere says so by a bookmark.
   * @throws compacted when changes after `fromVersion` are no longer kept: list again
   */
  watch<R extends Resource>(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<R>>;
  close(): Promise<void>;
}
