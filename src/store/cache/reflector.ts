import { isIpamError, passesByItself } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import { FollowedHistory, type HistoryListener, type SeenVersion } from '../history.ts';
import type { Change, Store } from '../store.ts';
import { type FirstListOptions, type InTime, retryFirst, retryPauses } from './retry-first.ts';

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

export interface ReflectOptions<R extends Resource = Resource> extends FirstListOptions {
  readonly lastKnown?: readonly Stored<R>[] | undefined;
  /** Told when the store may be, or is, another than it was. */
  readonly history?: HistoryListener;
  /** How far the kind was followed before the start. */
  readonly seen?: SeenVersion | undefined;
}

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
  options: ReflectOptions<R>,
  history: FollowedHistory,
): Promise<string | undefined> {
  const { log, signal, lastKnown = [] } = options;
  const list = async (inTime: InTime): Promise<string> => {
    for (;;) {
      const listed = await inTime(store.list<R>(kind));
      history.listed(listed);
      reflection.replace(listed.items, listed.version);
      if (await isSettled(store, kind, history, log, signal)) return listed.version;
    }
  };
  const version = await retryFirst(kind, list, options);
  if (version === undefined) reflection.replace(lastKnown, undefined);
  return version;
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
  let wait: number = retryPauses.first;
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
        wait = retryPauses.first;
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
    wait = Math.min(wait * 2, retryPauses.longest);
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
