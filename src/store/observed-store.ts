import { aroundRequests, type StoreDecorator, type StoreRequest } from './wrap.ts';

/** Told of every finished request: its verb, how it ended, and how long it took, in seconds. */
export type StoreObserver = (operation: StoreRequest['verb'], status: 'success' | 'error', seconds: number) => void;

/** Times what goes through to a store, and changes nothing. */
export function observed(observe: StoreObserver): StoreDecorator {
  return aroundRequests(async ({ verb }, make) => {
    const start = performance.now();
    let status: 'success' | 'error' = 'error';
    try {
      const result = await make();
      status = 'success';
      return result;
    } finally {
      observe(verb, status, (performance.now() - start) / 1000);
    }
  });
}
