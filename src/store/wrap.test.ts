import { describe, expect, it } from 'vitest';
import type { Resource } from '../resources/resource.ts';
import { MemoryStore } from './memory/memory-store.ts';
import type { Store } from './store.ts';
import { aroundRequests, type StoreDecorator, wrap } from './wrap.ts';

const thing: Resource = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, spec: {} };
const key = { kind: 'Thing', name: 'a' };
const memory = (): Store => new MemoryStore({ now: () => 0, newUid: () => 'uid' });

/** Every call of the port, once. */
async function useAll(store: Store): Promise<void> {
  const created = await store.create(thing);
  const updated = await store.update({ ...created, spec: { n: 1 } });
  await store.updateStatus({ ...updated, status: { n: 1 } });
  await store.get(key);
  const { version } = await store.list('Thing');
  const stop = new AbortController();
  stop.abort();
  for await (const _ of store.watch('Thing', version, stop.signal)) throw new Error('nothing happened since the list');
  await store.delete(key, undefined);
  await store.close();
}

describe('a store with decorators around it', () => {
  it('does what it did, where no decorator says otherwise', async () => {
    const inner = memory();
    const store = wrap(inner, () => ({}));
    await store.create(thing);
    expect(await store.get(key)).toEqual(await inner.get(key));
    await store.close();
    await expect(inner.get(key)).rejects.toThrow();
  });

  it('is met from the outside in', async () => {
    const met: string[] = [];
    const named = (name: string): StoreDecorator =>
      aroundRequests(({ verb }, make) => {
        met.push(`${name} ${verb}`);
        return make();
      });
    await wrap(memory(), named('inner'), named('outer')).create(thing);
    expect(met).toEqual(['outer create', 'inner create']);
  });

  it('tells a decorator around requests of each, by its verb and its object, and of nothing else', async () => {
    const met: string[] = [];
    const store = wrap(
      memory(),
      aroundRequests(({ verb, kind, name }, make) => {
        met.push(`${verb} ${kind}/${name}`);
        return make();
      }),
    );
    await useAll(store);
    expect(met).toEqual([
      'create Thing/a',
      'update Thing/a',
      'update-status Thing/a',
      'get Thing/a',
      'list Thing/',
      'delete Thing/a',
    ]);
  });

  it('goes by what a decorator that changes one call says, in place of the store', async () => {
    const store = wrap(memory(), (inner) => ({ delete: (of) => inner.delete(of, '99') }));
    await store.create(thing);
    await expect(store.delete(key, undefined)).rejects.toMatchObject({ code: 'conflict' });
  });
});
