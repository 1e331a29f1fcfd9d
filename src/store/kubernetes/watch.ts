import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { IpamError } from '../../resources/errors.ts';
import { readJson } from '../../resources/json-text.ts';
import { type ApiStatus, apiError } from './api-error.ts';
import { describeTarget, type Target } from './api-path.ts';
import { linesOf } from './lines.ts';
import type { Query } from './requests.ts';

export type ObjectEvent<T> =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: T; readonly version: string }
  /** Nothing changed up to this version. Interrupted: the server ended the request before its time. */
  | { readonly type: 'bookmark'; readonly version: string; readonly interrupted?: true };

export interface WatchOptions {
  /** The server ends each request after this time, and the watch goes on with a new one. */
  readonly timeoutSeconds: number;
  /** A request that is silent for so much longer is given up, milliseconds. */
  readonly graceMs: number;
  /** A server that sends bookmarks does so each minute; after the first, so long a silence is one too long, milliseconds. */
  readonly bookmarkMs: number;
}

/** One line of the stream. */
interface Line {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: { readonly metadata: { readonly resourceVersion: string } };
}

const changes = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;
/** etcd takes no object of more than 1.5 MiB; JSON may escape. */
const longestLine = 16 * 1024 * 1024;
/** A server that ends each watch at once is not asked more often than this. */
const emptyPauseMs = 1_000;
/** A request that lasted so much less than it was asked for has still ended in its time. */
const roundingMs = 1_000;

/**
 * Every change after a version, each once, in order, until the signal aborts. A request that the server ends in good
 * order is followed by the next.
 * @param open one request of the watch, with this query
 * @throws IpamError compacted, store-unavailable: go on from the version of the last event
 */
export async function* watchObjects<T>(
  open: (query: Query) => Promise<IncomingMessage>,
  target: Target,
  fromVersion: string,
  signal: AbortSignal,
  options: WatchOptions,
): AsyncGenerator<ObjectEvent<T>> {
  let version = fromVersion;
  while (!signal.aborted) {
    const start = performance.now();
    try {
      const body = await open({
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        timeoutSeconds: String(options.timeoutSeconds),
      });
      for await (const event of eventsOf<T>(body, target, signal, options)) {
        version = event.version;
        if (signal.aborted) return;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const lastedMs = performance.now() - start;
    // A server that stops ends its watches in good order, and the one that answers next may have another history.
    if (lastedMs < options.timeoutSeconds * 1000 - roundingMs) yield { type: 'bookmark', version, interrupted: true };
    if (lastedMs < emptyPauseMs) await pause(emptyPauseMs, undefined, { signal }).catch(() => {});
  }
}

async function* eventsOf<T>(
  body: IncomingMessage,
  target: Target,
  signal: AbortSignal,
  options: WatchOptions,
): AsyncGenerator<ObjectEvent<T>> {
  const end = (): void => void body.destroy();
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  const silence = new Silence(body, options.timeoutSeconds * 1000 + options.graceMs);
  try {
    for await (const text of linesOf(silence.heard(), longestLine)) {
      const { type, object } = readJson(text) as Line;
      if (type === 'ERROR') {
        const status = object as unknown as ApiStatus;
        throw apiError('watch', target, status.code ?? 500, status);
      }
      const version = object.metadata.resourceVersion;
      if (type === 'BOOKMARK') {
        silence.limit(options.bookmarkMs);
        yield { type: 'bookmark', version };
      } else yield { type: changes[type], object: object as T, version };
    }
  } catch (error) {
    if (error instanceof IpamError) throw error;
    const why = silence.isOver ? 'nothing came for too long' : (error as Error).message;
    throw new IpamError('store-unavailable', `watch ${describeTarget(target)} broke off: ${why}`, { cause: error });
  } finally {
    silence.end();
    signal.removeEventListener('abort', end);
    body.destroy();
  }
}

/** Breaks a stream off that says nothing for longer than its limit: a connection can die without a sign. */
class Silence {
  readonly #body: IncomingMessage;
  #timer: NodeJS.Timeout;
  isOver = false;

  constructor(body: IncomingMessage, ms: number) {
    this.#body = body;
    this.#timer = this.#start(ms);
  }

  async *heard(): AsyncGenerator<string> {
    for await (const piece of this.#body.setEncoding('utf8')) {
      this.#timer.refresh();
      yield piece as string;
    }
  }

  limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.isOver = true;
      this.#body.destroy(new Error('silent'));
    }, ms);
  }
}
