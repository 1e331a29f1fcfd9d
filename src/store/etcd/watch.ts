import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { IpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { WatchEvent } from '../store.ts';
import type { EtcdClient } from './client.ts';
import { failureOf } from './etcd-error.ts';
import type { KeyRange } from './keys.ts';
import type { WatchEntry, WatchResponse } from './messages.ts';
import { methods } from './methods.ts';
import { decodeValue, withVersion } from './value.ts';
import { firstDeleteIndex, formatVersion, isSeenAt, type Version } from './version.ts';

export interface WatchTimes {
  /** How long no member may answer before the watch breaks off, milliseconds. */
  readonly patienceMs: number;
  /** How long one member may take to begin, milliseconds. */
  readonly beginMs: number;
}

const defaultTimes: WatchTimes = { patienceMs: 10_000, beginMs: 2_000 };
const pausesMs = { first: 20, growth: 1.5, longest: 250 };

/**
 * Every change in a range of keys after a version, in order, each once, until the signal aborts. When a member goes
 * away or is cut off, it goes on at another one.
 * @throws IpamError compacted; store-unavailable: go on from the version of the last event; permission-denied
 */
export async function* watchRange<R extends Resource>(
  client: EtcdClient,
  range: KeyRange,
  from: Version,
  signal: AbortSignal,
  times: WatchTimes = defaultTimes,
): AsyncGenerator<WatchEvent<R>> {
  let seen = from;
  let cluster: string | undefined;
  let patientUntil = Date.now() + times.patienceMs;
  let wait = pausesMs.first;
  while (!signal.aborted) {
    try {
      for await (const response of responses(client, range, seen.revision, signal, times.beginMs)) {
        patientUntil = Date.now() + times.patienceMs;
        wait = pausesMs.first;
        const { header } = response;
        if (cluster !== undefined && cluster !== header.cluster_id) throw otherHistory(seen);
        cluster = header.cluster_id;
        if (response.created) {
          if (Number(header.revision) < seen.revision) await requireReached(client, range, seen);
          continue;
        }
        for (const event of eventsOf<R>(response)) {
          if (isSeenAt(seen, event.version)) continue;
          seen = event.version;
          if (signal.aborted) return;
          yield event.change;
        }
        if (response.events.length > 0 || signal.aborted) continue;
        seen = { revision: Math.max(seen.revision, Number(header.revision)), index: undefined };
        yield { type: 'bookmark', version: formatVersion(seen) };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof IpamError) || error.code !== 'store-unavailable' || Date.now() > patientUntil) throw error;
      yield { type: 'bookmark', version: formatVersion(seen), interrupted: true };
    }
    await pause(wait, undefined, { signal }).catch(() => {});
    wait = Math.min(wait * pausesMs.growth, pausesMs.longest);
  }
}

/**
 * One stream, from a revision on. That revision itself comes as well: some of it may be unseen, and etcd would not
 * notice that it was compacted when asked from the next one.
 */
async function* responses(
  client: EtcdClient,
  range: KeyRange,
  revision: number,
  signal: AbortSignal,
  beginMs: number,
): AsyncGenerator<WatchResponse> {
  const { stream, failed, leave } = client.duplex(methods.watch);
  const end = (): void => stream.cancel();
  const timer = setTimeout(end, beginMs);
  signal.addEventListener('abort', end);
  try {
    const start_revision = String(Math.max(revision, 1));
    stream.write({ create_request: { ...range, start_revision, progress_notify: true, prev_kv: true } });
    for await (const response of stream as AsyncIterable<WatchResponse>) {
      clearTimeout(timer);
      if (response.canceled) throw canceled(response);
      yield response;
    }
    throw new IpamError('store-unavailable', 'etcd: a watch ended');
  } catch (error) {
    leave();
    throw error instanceof IpamError ? error : failed(error as ServiceError).error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    stream.on('error', () => {});
    stream.cancel();
  }
}

function canceled({ compact_revision, cancel_reason }: WatchResponse): IpamError {
  if (compact_revision === '0') return failureOf('watch', { code: 14, details: cancel_reason }).error;
  return new IpamError('compacted', `etcd: changes before revision ${compact_revision} are no longer kept`, {
    advice: 'list again',
  });
}

function otherHistory({ revision }: Version): IpamError {
  return new IpamError('compacted', `etcd: revision ${revision} is of another history than this cluster's`, {
    advice: 'list again',
  });
}

/** A member that lags behind gets there; a cluster that was set back does not. */
async function requireReached(client: EtcdClient, range: KeyRange, seen: Version): Promise<void> {
  const { header } = await client.range({ key: range.key, count_only: true });
  if (Number(header.revision) < seen.revision) throw otherHistory(seen);
}

interface Versioned<R extends Resource> {
  readonly version: Version;
  readonly change: WatchEvent<R>;
}

function* eventsOf<R extends Resource>({ events }: WatchResponse): Generator<Versioned<R>> {
  let deletes = 0;
  for (const [at, entry] of events.entries()) {
    const revision = Number(entry.kv.mod_revision);
    if (entry.type === 'PUT') {
      deletes = 0;
      yield written<R>(entry);
      continue;
    }
    if (revision !== Number(events[at - 1]?.kv.mod_revision)) deletes = 0;
    // A revision comes whole: with its last event, all of it is seen.
    const isLast = revision !== Number(events[at + 1]?.kv.mod_revision);
    const version = { revision, index: isLast ? undefined : firstDeleteIndex + deletes };
    deletes += 1;
    yield { version, change: { type: 'deleted', resource: lastState<R>(entry, version) } };
  }
}

function written<R extends Resource>({ kv }: WatchEntry): Versioned<R> {
  const { resource, version } = decodeValue<R>(kv);
  return { version, change: { type: kv.version === '1' ? 'added' : 'modified', resource } };
}

function lastState<R extends Resource>({ prev_kv, kv }: WatchEntry, version: Version): Stored<R> {
  if (prev_kv === null)
    throw new IpamError('compacted', `etcd: what ${kv.key.toString()} was before its delete is no longer kept`, {
      advice: 'list again',
    });
  return withVersion(decodeValue<R>(prev_kv).resource, version) as Stored<R>;
}
