import type { Store } from './store.ts';

/** What a decorator does otherwise than the store that it is put around; what it does not name goes through. */
export type StoreDecorator = (inner: Store) => Partial<Store>;

/** Puts decorators around a store, each around all before it: a call meets the last one first. */
export function wrap(store: Store, ...decorators: readonly StoreDecorator[]): Store {
  return decorators.reduce<Store>((inner, decorate) => ({ ...through(inner), ...decorate(inner) }), store);
}

/** One request to a store. A watch and `close` are none. */
export interface StoreRequest {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'update-status' | 'delete';
  readonly kind: string;
  /** Empty for a list. */
  readonly name: string;
}

export function isWrite({ verb }: StoreRequest): boolean {
  return verb !== 'get' && verb !== 'list';
}

/** Makes a request when the decorator calls it, or never, or more than once. */
export type AroundRequest = <T>(request: StoreRequest, make: () => Promise<T>) => Promise<T>;

/** A decorator that does the same around every request, whatever it asks for. */
export function aroundRequests(around: AroundRequest): StoreDecorator {
  return (inner) => ({
    get: (key, options) => around({ verb: 'get', kind: key.kind, name: key.name }, () => inner.get(key, options)),
    list: (kind, selection) => around({ verb: 'list', kind, name: '' }, () => inner.list(kind, selection)),
    create: (resource, uid) =>
      around({ verb: 'create', kind: resource.kind, name: resource.metadata.name }, () => inner.create(resource, uid)),
    update: (resource) =>
      around({ verb: 'update', kind: resource.kind, name: resource.metadata.name }, () => inner.update(resource)),
    updateStatus: (resource) =>
      around({ verb: 'update-status', kind: resource.kind, name: resource.metadata.name }, () =>
        inner.updateStatus(resource),
      ),
    delete: (key, resourceVersion) =>
      around({ verb: 'delete', kind: key.kind, name: key.name }, () => inner.delete(key, resourceVersion)),
  });
}

/** A class's methods are on its prototype, where a spread does not find them. */
function through(inner: Store): Store {
  return {
    get: (key, options) => inner.get(key, options),
    list: (kind, selection) => inner.list(kind, selection),
    create: (resource, uid) => inner.create(resource, uid),
    update: (resource) => inner.update(resource),
    updateStatus: (resource) => inner.updateStatus(resource),
    delete: (key, resourceVersion) => inner.delete(key, resourceVersion),
    watch: (kind, fromVersion, signal) => inner.watch(kind, fromVersion, signal),
    close: () => inner.close(),
  };
}
