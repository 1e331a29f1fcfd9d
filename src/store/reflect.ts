import { isIpamError } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { ResourceList, Store } from './store.ts';

/** Who wants to know what a kind looks like. Every call may repeat what was said before. */
export interface Reflection<R extends Resource> {
  /** The whole kind, at start and again whenever changes may have been missed. */
  replace(resources: readonly Stored<R>[]): void;
  put(resource: Stored<R>): void;
  remove(resource: Stored<R>): void;
}

export interface ReflectOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Waits also when the first list is refused: for a store that is away, or has yet to learn what we may do. */
  readonly patient?: boolean;
  /** Waits before the next try after a failure; resolves early, without error, when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/**
 * Keeps a picture of one kind: lists it, then follows its changes for as long as the signal allows, listing
 * again when the store has compacted what it missed.
 * @returns once the first list has been handed over; `ended` resolves when following has stopped
 * @throws what the first list throws
 */
export async function reflect<R extends Resource>(
  store: Store,
  kind: string,
  reflection: Reflection<R>,
  options: ReflectOptions,
): Promise<{ readonly ended: Promise<void> }> {
  const first = await firstList<R>(store, kind, options);
  reflection.replace(first.items);
  return { ended: follow(store, kind, first.version, reflection, options) };
}

async function firstList<R extends Resource>(
  store: Store,
  kind: string,
  { log, signal, pause, patient = false }: ReflectOptions,
): Promise<ResourceList<R>> {
  for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, longestPauseMs)) {
    try {
      return await store.list<R>(kind);
    } catch (error) {
      const passes = isIpamError(error, 'store-unavailable') || isIpamError(error, 'permission-denied');
      if (!patient || signal.aborted || !passes) throw error;
      log.warn({ err: error, kind, wait }, 'cannot list; trying again');
    }
    await pause(wait, signal);
  }
}

async function follow<R extends Resource>(
  store: Store,
  kind: string,
  from: string,
  reflection: Reflection<R>,
  { log, signal, pause }: ReflectOptions,
): Promise<void> {
  let version: string | undefined = from;
  let wait = firstPauseMs;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await store.list<R>(kind);
        reflection.replace(list.items);
        version = list.version;
      }
      for await (const event of store.watch<R>(kind, version, signal)) {
        wait = firstPauseMs;
        if (event.type === 'bookmark') {
          version = event.version;
          continue;
        }
        if (event.type === 'deleted') reflection.remove(event.resource);
        else reflection.put(event.resource);
        version = event.resource.metadata.resourceVersion;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isIpamError(error, 'compacted')) {
        version = undefined;
        continue;
      }
      log.warn({ err: error, kind, wait }, 'watch broke off; trying again');
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, longestPauseMs);
  }
}
