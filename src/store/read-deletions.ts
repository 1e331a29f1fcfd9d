import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Resource } from '../resources/resource.ts';
import type { Store } from './store.ts';
import { versionOrder } from './version-order.ts';

/** What a list lacks of what was seen before. */
export interface Gap {
  readonly kind: string;
  /** Up to here everything was seen. */
  readonly since: string;
  /** The version of the list. */
  readonly until: string;
  /** Uids. Each is taken out when its deletion is found. */
  readonly missing: Set<string>;
}

/**
 * A store that has more to tell tells it sooner, milliseconds: it has just answered, and changes that it has are sent at once. A
 * quiet one does not say that this was all. Etcd's watch says after 2 s that it found no member to begin at.
 */
const silenceMs = 5_000;

/**
 * Reads in the store's own changes who was deleted between a version and a list, until all are found.
 * @param pause resolves after that time, milliseconds, or when the signal aborts
 * @returns false: the changes are not kept any more, and nobody can tell
 * @throws IpamError store-unavailable, and whatever else a watch is refused with
 */
export async function readDeletions(
  store: Store,
  { kind, since, until, missing }: Gap,
  pause: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const end = new AbortController();
  const ending = AbortSignal.any([signal, end.signal]);
  const last = versionOrder(until);
  const changes = store.watch<Resource>(kind, since, ending)[Symbol.asyncIterator]();
  try {
    while (missing.size > 0) {
      const heard = new AbortController();
      const silence = pause(silenceMs, AbortSignal.any([signal, heard.signal])).then(() => undefined);
      const next = await Promise.race([changes.next(), silence]).finally(() => heard.abort());
      if (next === undefined || next.done === true) return true;
      const event = next.value;
      if (event.type === 'bookmark' && event.interrupted === true)
        throw new IpamError('store-unavailable', 'the way to the store was lost while its changes were read');
      if (event.type === 'deleted') missing.delete(event.resource.metadata.uid);
      // What one write deleted together may have one version: only a later change says that all of it came.
      const isPast =
        event.type === 'bookmark'
          ? versionOrder(event.version) >= last
          : versionOrder(event.resource.metadata.resourceVersion) > last;
      if (isPast) return true;
    }
    return true;
  } catch (error) {
    if (isIpamError(error, 'compacted')) return false;
    throw error;
  } finally {
    end.abort();
    // What its end still says is about a watch that nobody needs any more.
    void Promise.allSettled([changes.return?.()]);
  }
}
