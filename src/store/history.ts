import type { Resource, Stored } from '../resources/resource.ts';
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
  /** From here on nobody knows whether the store still is what it was: it may be another one behind the same address. */
  interrupted(kind: string): void;
  /** It is the one that was followed, as far as this kind tells. */
  confirmed(kind: string): void;
  /** It has forgotten what it had shown. Comes before the list that shows what is left. */
  wentBack(kind: string, evidence: string): void;
}

/** So many objects seen last are kept, to be asked for: one of them is nearly always still there. */
const keptAnchors = 16;
/** Fewer than so many may all have been deleted between a stop and a start. */
const fewAnchors = 8;
/** So few objects are listed again rather than asked for one: that leaves no doubt at all. */
const listedAgain = 200;

/**
 * What the follower of one kind knows of the store's history. A store that was set back (an older snapshot, another
 * cluster, files of yesterday) may have come further than a follower by the time that he looks, so its version alone
 * says too little: it must still have what was seen of it last.
 */
export class FollowedHistory {
  readonly #kind: string;
  readonly #listener: HistoryListener | undefined;
  #seen: SeenVersion | undefined;
  /** At most so many objects there are. */
  #most = 0;
  /** By uid, the latest last. */
  #anchors = new Map<string, { readonly key: ResourceKey; readonly version: string }>();

  /** @param seen before the start */
  constructor(kind: string, listener: HistoryListener | undefined, seen: SeenVersion | undefined) {
    this.#kind = kind;
    this.#listener = listener;
    this.#seen = seen;
  }

  get seen(): SeenVersion | undefined {
    const latest = [...this.#anchors].map(([uid, { version }]) => [uid, version] as const);
    return this.#seen === undefined ? undefined : { ...this.#seen, latest };
  }

  /** Before a list is gone by. */
  listed(list: ResourceList<Resource>): void {
    const { items, version, origin } = list;
    const evidence = setBack(this.#seen, list);
    if (evidence !== undefined) this.#listener?.wentBack(this.#kind, evidence);
    this.#seen = origin === undefined ? { version } : { version, origin };
    this.#most = items.length;
    this.#anchors.clear();
    for (const item of latestOf(items)) this.put(item, false);
  }

  put(resource: Stored<Resource>, isNews = true): void {
    const { uid, name, namespace, resourceVersion: version } = resource.metadata;
    const key = { kind: this.#kind, name, ...(namespace === undefined ? {} : { namespace }) };
    this.#anchors.delete(uid);
    this.#anchors.set(uid, { key, version });
    const [oldest] = this.#anchors.keys();
    if (this.#anchors.size > keptAnchors && oldest !== undefined) this.#anchors.delete(oldest);
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

  interrupted(): void {
    this.#listener?.interrupted(this.#kind);
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
    if (latest === undefined || this.#most <= listedAgain) return false;
    const [uid, { key, version }] = latest;
    const present = await store.get(key);
    const { metadata } = present ?? {};
    return metadata?.uid === uid && metadata.resourceVersion === version;
  }
}

/** @returns why a list is of another history than what was seen before; undefined: nothing says so */
function setBack(
  seen: SeenVersion | undefined,
  { items, version, origin }: ResourceList<Resource>,
): string | undefined {
  if (seen === undefined) return undefined;
  if (seen.origin !== undefined && origin !== undefined && seen.origin !== origin)
    return `it is another store (${origin}) than the one that was seen before (${seen.origin})`;
  if (compare(version, seen.version) < 0) return `it is at version ${version}, and was at ${seen.version}`;
  const latest = new Map(seen.latest);
  const isKnown = ({ metadata }: Stored<Resource>): boolean => latest.get(metadata.uid) === metadata.resourceVersion;
  return latest.size < fewAnchors || items.some(isKnown) ? undefined : 'nothing of what was seen last is there';
}

function compare(a: string, b: string): number {
  const [x, y] = [versionOrder(a), versionOrder(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The last ones to be written, in that order, in one pass: there may be hundreds of thousands. */
function latestOf(items: readonly Stored<Resource>[]): readonly Stored<Resource>[] {
  const latest: { readonly item: Stored<Resource>; readonly order: bigint }[] = [];
  for (const item of items) {
    const order = versionOrder(item.metadata.resourceVersion);
    const [first] = latest;
    if (latest.length === keptAnchors && first !== undefined && order <= first.order) continue;
    latest.push({ item, order });
    latest.sort((a, b) => (a.order < b.order ? -1 : 1));
    if (latest.length > keptAnchors) latest.shift();
  }
  return latest.map(({ item }) => item);
}
