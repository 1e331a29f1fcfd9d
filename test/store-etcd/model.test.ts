import { array, assert, asyncProperty, boolean, constantFrom, integer, oneof, record } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { storeOn, type Thing, thing, thingKey } from './under-test.ts';

const names = constantFrom('a', 'b', 'c');
const finalizers = constantFrom([], ['test.berth.network/one'], ['test.berth.network/one', 'test.berth.network/two']);
/** `isStale`: with the version that was there before the present one. */
const step = oneof(
  record({ verb: constantFrom('create' as const), name: names, n: integer({ min: 0, max: 9 }), finalizers }),
  record({
    verb: constantFrom('update' as const, 'updateStatus' as const),
    name: names,
    n: integer({ min: 0, max: 9 }),
    finalizers,
    isStale: boolean(),
  }),
  record({ verb: constantFrom('delete' as const), name: names, isStale: boolean(), isAny: boolean() }),
);
type Step = typeof step extends { generate: unknown } ? ReturnType<(typeof step)['generate']>['value'] : never;

/** A store, and the versions of each object that it has shown. */
class Subject {
  readonly store: Store;
  readonly #seen = new Map<string, Stored<Thing>[]>();
  constructor(store: Store) {
    this.store = store;
  }

  /** @returns what is the same for every store: no uid, version or time */
  async take(step: Step): Promise<unknown> {
    const versions = this.#seen.get(step.name) ?? [];
    try {
      if (step.verb === 'create') {
        const { metadata, ...rest } = thing(step.name, step.n);
        return this.#saw(await this.store.create({ ...rest, metadata: { ...metadata, finalizers: step.finalizers } }));
      }
      const shown = versions.at(step.isStale ? -2 : -1);
      if (shown === undefined) return 'never seen';
      if (step.verb === 'delete') {
        await this.store.delete(thingKey(step.name), step.isAny ? undefined : shown.metadata.resourceVersion);
        const present = await this.store.get<Thing>(thingKey(step.name));
        return present === undefined ? 'gone' : this.#saw(present);
      }
      const next = {
        ...shown,
        metadata: { ...shown.metadata, finalizers: step.finalizers },
        spec: { n: step.n },
        status: { seen: step.n },
      };
      return this.#saw(await this.store[step.verb](next));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      return error.code;
    }
  }

  #saw(resource: Stored<Thing>): unknown {
    const { name } = resource.metadata;
    this.#seen.set(name, [...(this.#seen.get(name) ?? []), resource]);
    return bare(resource);
  }
}

function bare({ kind, metadata, spec, status }: Resource) {
  const { name, finalizers, deletionTimestamp } = metadata;
  return { kind, name, finalizers, isDeleted: deletionTimestamp !== undefined, spec, status };
}

describe('the store on etcd', () => {
  let cluster: EtcdCluster;
  let prefixes = 0;
  beforeAll(async () => {
    cluster = await startEtcd({ unix: true });
  });
  afterAll(() => cluster.dispose());

  it('does and shows what the store in memory does and shows', async () => {
    const client = cluster.client();
    await assert(
      asyncProperty(array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        prefixes += 1;
        let uids = 0;
        const model = new Subject(new MemoryStore({ now: Date.now, newUid: () => String(++uids) }));
        const real = new Subject(storeOn(client, `/model/${prefixes}`));
        const [from, modelFrom] = [await real.store.list('Thing'), await model.store.list('Thing')];
        for (const one of steps) expect(await real.take(one)).toEqual(await model.take(one));
        const lists = await Promise.all([real, model].map(({ store }) => store.list<Thing>('Thing')));
        expect(lists[0]?.items.map(bare)).toEqual(lists[1]?.items.map(bare));
        for (const { store } of [real, model]) await store.create(thing('end'));
        expect(await changes(real.store, from.version)).toEqual(await changes(model.store, modelFrom.version));
        await real.store.close();
      }),
      { numRuns: 40 },
    );
    client.close();
  });
});

async function changes(store: Store, from: string): Promise<readonly string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const event of store.watch<Thing>('Thing', from, stop.signal)) {
    if (event.type === 'bookmark') continue;
    // Of an object that goes with its last finalizer, stores may show what it was before or after that was removed.
    const n = event.type === 'deleted' ? '' : event.resource.spec.n;
    seen.push(`${event.type} ${event.resource.metadata.name} ${n}`);
    if (event.resource.metadata.name === 'end') break;
  }
  stop.abort();
  return seen;
}
