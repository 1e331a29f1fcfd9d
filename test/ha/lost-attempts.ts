import { isIpamError } from '../../src/resources/errors.ts';
import type { ResourceKey } from '../../src/store/store.ts';
import type { StoreDecorator } from '../../src/store/wrap.ts';
import type { Action, Operation } from './operation.ts';
import { textOf, tokenOf } from './recorded-store.ts';

export interface LostAttemptsOptions {
  readonly client: string;
  readonly history: Operation[];
  readonly now: () => number;
}

/**
 * One server as a client sees it that repeats elsewhere what got no answer: a call is one attempt. An attempt without an
 * answer goes into the history by itself: it may be carried out long after the client has been answered by another server,
 * and once more than asked. Updates, and deletes of one version, are not noted: of a version that is no more they do
 * nothing.
 */
export function notingLostAttempts({ client, history, now }: LostAttemptsOptions): StoreDecorator {
  const noting = async <T>(key: ResourceKey, action: Action, attempt: () => Promise<T>): Promise<T> => {
    const calledAt = now();
    try {
      return await attempt();
    } catch (error) {
      if (isIpamError(error, 'store-unavailable')) {
        const outcome = { type: 'unknown' } as const;
        history.push({ key: textOf(key), client, action, outcome, calledAt, answeredAt: Number.POSITIVE_INFINITY });
      }
      throw error;
    }
  };
  return (inner) => ({
    create(resource, uid) {
      const { kind, metadata } = resource;
      const token = tokenOf(resource);
      return noting({ kind, ...metadata }, { type: 'create', token }, () => inner.create(resource, uid));
    },
    delete(key, resourceVersion) {
      const attempt = (): Promise<void> => inner.delete(key, resourceVersion);
      return resourceVersion === undefined ? noting(key, { type: 'delete', from: undefined }, attempt) : attempt();
    },
  });
}
