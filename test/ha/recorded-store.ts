import { isIpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { ResourceKey } from '../../src/store/store.ts';
import type { StoreDecorator } from '../../src/store/wrap.ts';
import type { Action, Operation, Outcome } from './operation.ts';

/** The annotation that says which write made a state of an object: known before the answer, and when there is none. */
const tokenAnnotation = 'test.berth.network/write';

export interface RecordedStoreOptions {
  readonly client: string;
  /** The store repeats a delete whose answer was lost, and takes a refusal because nothing is there for its own work. */
  readonly repeatsDeletes?: boolean;
  /** Of all clients of the history. */
  readonly history: Operation[];
  /** Milliseconds, the same clock for all clients. */
  readonly now: () => number;
}

/** One client of a store, each of whose operations on single objects goes into a history. Lists and watches do not. */
export function recorded({ client, repeatsDeletes = false, history, now }: RecordedStoreOptions): StoreDecorator {
  /** Which write made a version that this client has seen. */
  const tokens = new Map<string, string>();
  let writes = 0;
  const newToken = (): string => `${client}-${++writes}`;
  const seen = (value: Stored<Resource>): string => {
    const token = tokenOf(value);
    tokens.set(versionOf(keyOf(value), value.metadata.resourceVersion), token);
    return token;
  };
  const tokenSeen = (key: ResourceKey, resourceVersion: string): string => {
    const token = tokens.get(versionOf(key, resourceVersion));
    if (token === undefined) throw new Error(`version ${resourceVersion} of ${textOf(key)} was never seen here`);
    return token;
  };
  const recording = async <T>(
    key: ResourceKey,
    action: Action,
    act: () => Promise<{ readonly value: T; readonly outcome: Outcome }>,
  ): Promise<T> => {
    const base = { key: textOf(key), client, action, calledAt: now() };
    try {
      const { value, outcome } = await act();
      history.push({ ...base, outcome, answeredAt: now() });
      return value;
    } catch (error) {
      const outcome = refusalOf(error, action);
      const isLost = outcome.type === 'unknown';
      // A read that failed saw nothing and did nothing.
      if (!isLost || action.type !== 'read') {
        history.push({ ...base, outcome, answeredAt: isLost ? Number.POSITIVE_INFINITY : now() });
      }
      throw error;
    }
  };
  return (inner) => ({
    get: (key) =>
      recording(key, { type: 'read' }, async () => {
        const value = await inner.get<never>(key);
        return { value, outcome: { type: 'saw', token: value === undefined ? undefined : seen(value) } };
      }),
    create(resource, uid) {
      const token = newToken();
      return recording(keyOf(resource), { type: 'create', token }, async () => {
        const value = await inner.create(marked(resource, token), uid);
        seen(value);
        return { value, outcome: { type: 'done' } };
      });
    },
    async update(resource) {
      const token = newToken();
      const from = tokenSeen(keyOf(resource), resource.metadata.resourceVersion);
      return recording(keyOf(resource), { type: 'update', from, token }, async () => {
        const value = await inner.update(marked(resource, token));
        seen(value);
        return { value, outcome: { type: 'done' } };
      });
    },
    /** Not recorded: a status has no place for a token. */
    updateStatus() {
      throw new Error('a recorded store takes no status');
    },
    async delete(key, resourceVersion) {
      const from = resourceVersion === undefined ? undefined : tokenSeen(key, resourceVersion);
      await recording(key, { type: 'delete', from }, async () => {
        await inner.delete(key, resourceVersion);
        return { value: undefined, outcome: { type: repeatsDeletes ? 'gone' : 'done' } };
      });
    },
  });
}

/** What a store that says no has said of the object; everything else leaves open what happened. */
function refusalOf(error: unknown, action: Action): Outcome {
  if (!isIpamError(error)) throw error;
  const { code } = error;
  if (code === 'already-exists' && action.type === 'create') return { type: code };
  if ((code === 'conflict' || code === 'not-found') && (action.type === 'update' || action.type === 'delete')) {
    return { type: code };
  }
  if (code === 'store-unavailable' || code === 'storage-full') return { type: 'unknown' };
  throw error;
}

function marked<R extends Resource>(resource: R, token: string): R {
  const annotations = { ...resource.metadata.annotations, [tokenAnnotation]: token };
  return { ...resource, metadata: { ...resource.metadata, annotations } };
}

function keyOf({ kind, metadata: { name, namespace } }: Resource): ResourceKey {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Which write made this state of the object. @throws Error when it was none of a history */
export function tokenOf({ kind, metadata: { name, annotations } }: Resource): string {
  const token = annotations?.[tokenAnnotation];
  if (token === undefined) throw new Error(`${kind} "${name}" was written by nobody who records`);
  return token;
}

/** The key of an object in a history. */
export function textOf({ kind, namespace = '', name }: ResourceKey): string {
  return `${kind}/${namespace}/${name}`;
}

function versionOf(key: ResourceKey, resourceVersion: string): string {
  return `${textOf(key)}@${resourceVersion}`;
}
