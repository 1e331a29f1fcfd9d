import type { Resource, Stored } from '../resources/resource.ts';
import { readDeletions } from './read-deletions.ts';
import type { ResourceKey, ResourceList, Store } from './store.ts';
import { versionOrder } from './version-order.ts';

/** How far a kind was followed, and of which store: what outlives a process. */
export interface SeenVersion {
  readonly version: string;
  readonly origin?: string;
  /** Objects that were seen last, each by uid and version: some of them are still there after a short while. */
  readonly latest?: readonly (readonly [uid: string, version: string])[];
}

/** Told how what is followed goes on. */
export interface HistoryListener {
  /**
   * From here on nobody knows whether the store still is what it was: it may be another one behind the same address.
   * @param isGap changes were missed, and are not kept any more
   */
  interrupted(kind: string, isGap: boolean): void;
  /** It is the one that was followed, as far as this kind tells. */
  confirmed(kind: string): void;
  /** It has forgotten what it had shown. What proves it comes before the list that shows what is left. */
  wentBack(kind: string, evidence: string): void;
  /** Resolves after so long, milliseconds, or without error when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** So many objects seen last are kept. A kind of up to so many is listed again rather than asked for one: that leaves no doubt. */
const keptAnchors = 200;
/** So many of them speak where the changes since are not kept any more, and outlive a process. */
const lastOnes = 16;
/** Fewer than so many may all have been deleted while nobody looked. */
const fewest = 8;

interface Anchor {
  /** Undefined: it was seen before the start. */
  readonly key: ResourceKey | undefined;
  readonly version: string;
}

/** What was seen is not in a list: somebody deleted it, or the store has forgotten it. */
interface Doubt {
  /** Up to here everything was seen. */
  readonly since: string;
  readonly missing: Set<string>;
  /** What to believe where the changes since are no longer kept; undefined: that it was deleted. */
  readonly hint: string | undefined;
}

/**
 * What the follower of one kind knows of the store's history. A store that was set back (an older snapshot, another
 * cluster, files of yesterday) may have come further than a follower by the time that he looks, so its version alone
 * says too little. Proof is what the same history cannot show: an object that was written before the last that was seen, and
 * was not seen itself; one that is older than it was; and one that is gone although the store's own changes since show no
 * deletion. That much is gone is no more than a hint: others release and claim as they like, while a watch is interrupted too.
 */
export class FollowedHistory {
  readonly #kind: string;
  readonly #listener: HistoryListener | undefined;
  #seen: SeenVersion | undefined;
  /** At most so many objects there are. */
  #most = 0;
  /** By uid, the latest last. */
  #anchors = new Map<string, Anchor>();
  /** Of all that was written later than this, by `versionOrder`, what was there is among the anchors; undefined: nobody knows. */
  #completeAfter: bigint | undefined;
  #doubt: Doubt | undefined;

  /** @param seen before the start */
  constructor(kind: string, listener: HistoryListener | undefined, seen: SeenVersion | undefined) {
    this.#kind = kind;
    this.#listener = listener;
    this.#seen = seen;
    for (const [uid, version] of seen?.latest ?? []) this.#anchors.set(uid, { key: undefined, version });
  }

  get seen(): SeenVersion | undefined {
    const latest = [...this.#anchors].slice(-lastOnes).map(([uid, { version }]) => [uid, version] as const);
    return this.#seen === undefined ? undefined : { ...this.#seen, latest };
  }

  /** Before a list is gone by. What it leaves in doubt is for `settle`. */
  listed(list: ResourceList<Resource>): void {
    const { items, version, origin } = list;
    const ordered = items.map((item): Ordered => ({ item, order: versionOrder(item.metadata.resourceVersion) }));
    const proof = this.#listener === undefined ? undefined : this.#contradiction(list, ordered);
    this.#doubt = this.#listener === undefined || proof !== undefined ? undefined : this.#doubtOf(items);
    if (proof !== undefined) this.#listener?.wentBack(this.#kind, proof);
    this.#seen = origin === undefined ? { version } : { version, origin };
    this.#most = items.length;
    this.#anchors.clear();
    const { latest, completeAfter } = latestOf(ordered);
    this.#completeAfter = completeAfter;
    for (const { item } of latest) this.put(item, false);
  }

  put(resource: Stored<Resource>, isNews = true): void {
    const { uid, name, namespace, resourceVersion: version } = resource.metadata;
    const key = { kind: this.#kind, name, ...(namespace === undefined ? {} : { namespace }) };
    this.#anchors.delete(uid);
    this.#anchors.set(uid, { key, version });
    const [oldest] = this.#anchors;
    if (this.#anchors.size > keptAnchors && oldest !== undefined) {
      this.#anchors.delete(oldest[0]);
      this.#completeAfter = versionOrder(oldest[1].version);
    }
    if (!isNews) return;
    this.#most += 1;
    this.reached(version);
  }

  removed({ metadata }: Stored<Resource>): void {
    this.#anchors.delete(metadata.uid);
    this.reached(metadata.resourceVersion);
  }

  reached(version: string): void {
    if (this.#seen === undefined || versionOrder(this.#seen.version) < versionOrder(version))
      this.#seen = { ...this.#seen, version };
  }

  interrupted(isGap = false): void {
    this.#listener?.interrupted(this.#kind, isGap);
  }

  confirmed(): void {
    this.#listener?.confirmed(this.#kind);
  }

  /**
   * Does the store still have what was seen last? All that is older is of the same history then.
   * @returns false also when nobody can tell: list again
   * @throws IpamError store-unavailable, and whatever else a read is refused with
   */
  async isSame(store: Store): Promise<boolean> {
    if (this.#listener === undefined) return true;
    const [latest] = [...this.#anchors].toReversed();
    if (latest === undefined || this.#most <= keptAnchors) return false;
    const [uid, { key, version }] = latest;
    if (key === undefined) return false;
    const present = await store.get(key);
    const { metadata } = present ?? {};
    return metadata?.uid === uid && metadata.resourceVersion === version;
  }

  /**
   * Finds out what became of what the last lists lacked. When it fails the doubt stays: before it is settled nobody knows
   * whether the store is the one that it was.
   * @returns false: the store went back, and the listener knows: list again
   * @throws IpamError store-unavailable, and whatever else a watch is refused with
   */
  async settle(store: Store, signal: AbortSignal): Promise<boolean> {
    const [doubt, listener, until] = [this.#doubt, this.#listener, this.#seen?.version];
    if (doubt === undefined || listener === undefined || until === undefined) return true;
    const { since, missing, hint } = doubt;
    const known = missing.size;
    const gap = { kind: this.#kind, since, until, missing };
    const isKept = await readDeletions(store, gap, (ms, end) => listener.pause(ms, end), signal);
    if (signal.aborted) return true;
    this.#doubt = undefined;
    const unexplained = `${missing.size} of ${known} that are gone were deleted by nobody`;
    const evidence = !isKept ? hint : missing.size > 0 ? unexplained : undefined;
    if (evidence !== undefined) listener.wentBack(this.#kind, evidence);
    return evidence === undefined;
  }

  /** @returns why a list is of another history than what was seen before; undefined: nothing proves it */
  #contradiction({ version, origin }: ResourceList<Resource>, items: readonly Ordered[]): string | undefined {
    const seen = this.#seen;
    if (seen === undefined) return undefined;
    if (seen.origin !== undefined && origin !== undefined && seen.origin !== origin)
      return `it is another store (${origin}) than the one that was seen before (${seen.origin})`;
    const reached = versionOrder(seen.version);
    if (versionOrder(version) < reached) return `it is at version ${version}, and was at ${seen.version}`;
    for (const { item, order } of items) {
      const { uid, name, resourceVersion } = item.metadata;
      const anchor = this.#anchors.get(uid);
      if (anchor?.version === resourceVersion) continue;
      if (anchor !== undefined && order < versionOrder(anchor.version))
        return `${name} is at version ${resourceVersion}, and was at ${anchor.version}`;
      // Not of the last version itself: of what others write in one transaction some may be unseen.
      if (this.#completeAfter !== undefined && order > this.#completeAfter && order < reached)
        return `${name} is at version ${resourceVersion}, and was not there at ${seen.version}`;
    }
    return undefined;
  }

  #doubtOf(items: readonly Stored<Resource>[]): Doubt | undefined {
    const listed = new Map(items.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]));
    const anchors = [...this.#anchors];
    const gone = anchors.filter(([uid]) => !listed.has(uid)).map(([uid]) => uid);
    const former = this.#doubt;
    const missing = new Set([...gone, ...(former?.missing ?? [])]);
    const since = former?.since ?? this.#seen?.version;
    if (missing.size === 0 || since === undefined) return undefined;
    const last = anchors.slice(-lastOnes);
    const isAsSeen = ([uid, { version }]: readonly [string, Anchor]): boolean => listed.get(uid) === version;
    const hint =
      last.length >= fewest && !last.some(isAsSeen)
        ? 'nothing of what was seen last is there'
        : gone.length >= fewest && gone.length > anchors.length / 2
          ? `${gone.length} of ${anchors.length} that were seen last are gone at once`
          : undefined;
    return { since, missing, hint: former?.hint ?? hint };
  }
}

interface Ordered {
  readonly item: Stored<Resource>;
  readonly order: bigint;
}

/**
 * The last ones to be written, in that order, in one pass: there may be hundreds of thousands.
 * @returns with the order of the last one that is left out, or less than any
 */
function latestOf(items: readonly Ordered[]): { readonly latest: readonly Ordered[]; readonly completeAfter: bigint } {
  let latest: Ordered[] = [];
  let completeAfter = -1n;
  const cut = (): void => {
    latest.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
    const out = latest.at(-keptAnchors - 1);
    if (out !== undefined && out.order > completeAfter) completeAfter = out.order;
    latest = latest.slice(-keptAnchors);
  };
  for (const one of items) {
    if (one.order <= completeAfter) continue;
    latest.push(one);
    if (latest.length >= 2 * keptAnchors) cut();
  }
  cut();
  return { latest, completeAfter };
}
