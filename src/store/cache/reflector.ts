import { IpamError, isIpamError, passesByItself } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import { FollowedHistory, type HistoryListener, type SeenVersion } from '../history.ts';
import type { Change, Store } from '../store.ts';

/** Who wants to know what a kind looks like. Every call may repeat what was said before. */
export interface Reflection<R extends Resource> {
  /**
   * The whole kind, at start and again whenever changes may have been missed.
   * @param version of the list; undefined: it is what was seen last, and the store has not been heard since
   */
  replace(resources: readonly Stored<R>[], version: string | undefined): void;
  put(resource: Stored<R>): void;
  remove(resource: Stored<R>): void;
}

export interface ReflectOptions<R extends Resource = Resource> {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Waits also when the first list is refused: for a store that is unreachable, or has yet to learn what we may do. */
  readonly retryFirstList?: boolean;
  /** What the kind was when it was last seen: shown at once when the store is unreachable, until it can be listed. */
  readonly lastKnown?: readonly Stored<R>[] | undefined;
  /** Resolves when what was known last is shown although the store has not said yet whether it is there. */
  readonly fallbackAfter?: Promise<void>;
  /** Told when the store may be, or is, another than it was. */
  readonly history?: HistoryListener;
  /** How far the kind was followed before the start. */
  readonly seen?: SeenVersion | undefined;
  /** Waits before the next try after a failure; resolves early, without error, when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/**
 * Keeps one kind as the store has it: lists it, then follows its changes for as long as the signal allows, listing
 * again when the store has compacted what it missed.
 * @returns once the first list, or what was known last, has been handed over
 * @throws what the first list throws
 */
export async function reflect<R extends Resource>(
  store: Store,
  kind: string,
  reflection: Reflection<R>,
  options: ReflectOptions<R>,
): Promise<Reflected> {
  const history = new FollowedHistory(kind, options.history, options.seen);
  const version = await first(store, kind, reflection, options, history);
  const current = Promise.withResolvers<void>();
  if (version !== undefined) current.resolve();
  const ended = follow(store, kind, version, reflection, options, { history, listed: current.resolve });
  return { kind, ended, isCurrent: version !== undefined, current: current.promise, seen: () => history.seen };
}

export interface Reflected {
  readonly kind: string;
  /** How far the store has been followed. */
  readonly seen: () => SeenVersion | undefined;
  /** Resolves when following has stopped. */
  readonly ended: Promise<void>;
  /** Did the store itself show what was handed over? */
  readonly isCurrent: boolean;
  /** Resolves when it has; never, if it is not heard before the end. */
  readonly current: Promise<void>;
}

/** @returns the version to go on from; undefined: what was known last was handed over */
async function first<R extends Resource>(
  store: Store,
  kind: string,
  reflection: Reflection<R>,
  { log, signal, pause, retryFirstList = false, lastKnown, fallbackAfter = new Promise(() => {}) }: ReflectOptions<R>,
  history: FollowedHistory,
): Promise<string | undefined> {
  // Packets that are dropped make no error: to hear of them takes longer than a runtime waits for the start.
  const late = fallbackAfter.then((): never => {
    throw new IpamError('store-unavailable', 'the store has not answered yet');
  });
  late.catch(() => {});
  for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, longestPauseMs)) {
    try {
      const listed = store.list<R>(kind);
      const list = await (lastKnown === undefined ? listed : Promise.race([listed, late]));
      history.listed(list);
      reflection.replace(list.items, list.version);
      if (await isSettled(store, kind, history, log, signal)) return list.version;
      continue;
    } catch (error) {
      if (lastKnown !== undefined && passesByItself(error)) {
        log.warn({ err: error, kind, objects: lastKnown.length }, 'cannot list; going by what was seen last');
        reflection.replace(lastKnown, undefined);
        return undefined;
      }
      const passes = passesByItself(error) || isIpamError(error, 'permission-denied');
      if (!retryFirstList || signal.aborted || !passes) throw error;
      log.warn({ err: error, kind, wait }, 'cannot list; trying again');
    }
    await pause(wait, signal);
  }
}

/**
 * A start that cannot find out whether the store went back goes on with what was listed; nothing new is taken of it before
 * that is known.
 */
async function isSettled(
  store: Store,
  kind: string,
  history: FollowedHistory,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await history.settle(store, signal);
  } catch (error) {
    if (!passesByItself(error)) throw error;
    history.interrupted();
    log.warn({ err: error, kind }, 'cannot read what happened since the last time; going on with what is there');
    return true;
  }
}

interface Following {
  readonly history: FollowedHistory;
  /** The store has shown the whole kind. */
  readonly listed: () => void;
}

async function follow<R extends Resource>(
  store: Store,
  kind: string,
  from: string | undefined,
  reflection: Reflection<R>,
  { log, signal, pause }: ReflectOptions<R>,
  { history, listed }: Following,
): Promise<void> {
  let version = from;
  let wait = firstPauseMs;
  let isInterrupted = false;
  while (!signal.aborted) {
    try {
      if (isInterrupted && version !== undefined && !(await history.isSame(store))) version = undefined;
      if (version === undefined) {
        const list = await store.list<R>(kind);
        history.listed(list);
        reflection.replace(list.items, list.version);
        version = list.version;
        listed();
      }
      if (!(await history.settle(store, signal))) {
        version = undefined;
        continue;
      }
      history.confirmed();
      isInterrupted = false;
      for await (const event of store.watch<R>(kind, version, signal)) {
        wait = firstPauseMs;
        if (event.type === 'bookmark') {
          version = event.version;
          history.reached(version);
          if (event.interrupted !== true) continue;
          history.interrupted();
          if (await history.isSame(store)) history.confirmed();
          else version = undefined;
        } else {
          show(event, reflection, history);
          version = event.resource.metadata.resourceVersion;
        }
        if (version === undefined) break;
      }
      if (version === undefined) continue;
    } catch (error) {
      if (signal.aborted) return;
      const isGap = isIpamError(error, 'compacted');
      history.interrupted(isGap);
      isInterrupted = true;
      if (isGap) {
        version = undefined;
        continue;
      }
      log.warn({ err: error, kind, wait }, 'watch broke off; trying again');
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, longestPauseMs);
  }
}

function show<R extends Resource>(event: Change<R>, reflection: Reflection<R>, history: FollowedHistory): void {
  if (event.type === 'deleted') {
    history.removed(event.resource);
    reflection.remove(event.resource);
  } else {
    history.put(event.resource);
    reflection.put(event.resource);
  }
}
