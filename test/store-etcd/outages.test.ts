import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isIpamError } from '../../src/resources/errors.ts';
import { reflect } from '../../src/store/cache/reflector.ts';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { wrap } from '../../src/store/wrap.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { contend } from '../ha/contention.ts';
import { linearizability } from '../ha/linearizability.ts';
import type { Operation } from '../ha/operation.ts';
import { recorded } from '../ha/recorded-store.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { Random } from '../kit/random.ts';
import { waitFor } from '../kit/wait.ts';
import { expectCode, storeOn, type Thing, thing, thingKey } from './under-test.ts';

describe('an etcd that fails', { timeout: 300_000 }, () => {
  const disposals: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0).reverse()) await dispose();
  });

  async function cluster(options: Parameters<typeof startEtcd>[0]): Promise<EtcdCluster> {
    const started = await startEtcd(options);
    disposals.push(() => started.dispose());
    return started;
  }
  function open(etcd: EtcdCluster, times: { attemptMs?: number } = {}) {
    const client = new EtcdClient({ endpoints: etcd.endpoints, ...times });
    const store = storeOn(client);
    disposals.push(async () => {
      await store.close();
      client.close();
    });
    return { client, store };
  }

  /** Clients fight for blocks, and create objects that must stay, while `disturb` does its worst. */
  async function disturbed(etcd: EtcdCluster, disturb: (round: number) => Promise<void>, rounds: number) {
    const history: Operation[] = [];
    const now = () => performance.now();
    const stop = new AbortController();
    let round = 0;
    const contending = Array.from({ length: 4 }, (_, n) => {
      const { store } = open(etcd);
      return contend({
        store: wrap(store, recorded({ client: `c${n}`, history, now })),
        client: `c${n}`,
        random: new Random(n + 1),
        blocks: 8,
        generation: () => round,
        signal: stop.signal,
        pause: () => pause(2),
      });
    });
    const { store } = open(etcd);
    const acknowledged = new Set<string>();
    const creating = (async () => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        try {
          await store.create(thing(`kept-${n}`, n));
          acknowledged.add(`kept-${n}`);
        } catch (error) {
          if (!isIpamError(error, 'store-unavailable')) throw error;
        }
      }
    })();
    const someWrites = async () => {
      const before = acknowledged.size;
      await waitFor('some writes', () => acknowledged.size > before + 20 || undefined);
    };
    for (; round < rounds; round += 1) {
      await someWrites();
      await disturb(round);
    }
    await someWrites();
    // Each client finds etcd again in its own time, and few of them may have done anything yet.
    await waitFor('a history worth judging', () => history.length > 100 || undefined);
    stop.abort();
    await Promise.all([...contending, creating]);
    const { items } = await store.list<Thing>('Thing');
    const present = new Set(items.map(({ metadata }) => metadata.name));
    expect([...acknowledged].filter((name) => !present.has(name))).toEqual([]);
    expect(linearizability(history).type).toBe('linearizable');
    expect(history.length).toBeGreaterThan(100);
  }

  it('loses nothing and does nothing twice when it is killed and started again under load', async () => {
    const etcd = await cluster({ unix: true });
    const { store } = open(etcd);
    const { version } = await store.list('Thing');
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of store.watch<Thing>('Thing', version, stop.signal))
        if (event.type !== 'bookmark') seen.push(event.resource.metadata.name);
    })();
    await disturbed(
      etcd,
      async () => {
        await etcd.members[0]?.kill();
        await etcd.members[0]?.start();
      },
      3,
    );
    const { items } = await store.list<Thing>('Thing');
    await waitFor('the watch to show all', () => seen.length >= items.length || undefined);
    expect(seen.length).toBe(items.length);
    expect(new Set(seen).size).toBe(items.length);
    stop.abort();
    await watching;
  });

  it('loses nothing and does nothing twice when the leader of three is killed', async () => {
    const etcd = await cluster({ unix: true, size: 3 });
    await disturbed(
      etcd,
      async () => {
        const leader = await etcd.leader();
        await leader.kill();
        await etcd.leader();
        await leader.start();
      },
      2,
    );
  });

  it('is watched on from other members while the leader is stopped in its tracks', async () => {
    const etcd = await cluster({ unix: true, size: 3 });
    const { store } = open(etcd);
    const { version } = await store.list('Thing');
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of store.watch<Thing>('Thing', version, stop.signal))
        if (event.type !== 'bookmark') seen.push(event.resource.metadata.name);
    })();
    await store.create(thing('before'));
    const leader = await etcd.leader();
    leader.signal('SIGSTOP');
    await store.create(thing('while'));
    leader.signal('SIGCONT');
    await store.create(thing('after'));
    await waitFor('all three', () => seen.length === 3 || undefined);
    expect(seen).toEqual(['before', 'while', 'after']);
    stop.abort();
    await watching;
  });

  it('is listed again by who was away when it was compacted, and watched on by who was there', async () => {
    const etcd = await cluster({});
    const { store, client } = open(etcd);
    const compact = async () => client.compact((await client.range({ key: Buffer.from('any') })).header.revision);
    const names = new Set<string>();
    let replaced = 0;
    const stop = new AbortController();
    const { ended } = await reflect<Thing>(
      store,
      'Thing',
      {
        replace: (resources) => {
          replaced += 1;
          names.clear();
          for (const { metadata } of resources) names.add(metadata.name);
        },
        put: ({ metadata }) => void names.add(metadata.name),
        remove: ({ metadata }) => void names.delete(metadata.name),
      },
      { log: silentLog, signal: stop.signal, pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}) },
    );
    await store.create(thing('a'));
    await waitFor('the first', () => names.has('a') || undefined);
    await compact();
    await store.create(thing('b'));
    await waitFor('both', () => names.size === 2 || undefined);
    expect(replaced).toBe(1);
    const { version } = await store.list('Thing');
    await store.delete(thingKey('a'), undefined);
    await compact();
    const late = store.watch<Thing>('Thing', version, stop.signal);
    await expectCode(
      (async () => {
        for await (const _ of late) break;
      })(),
      'compacted',
    );
    stop.abort();
    await ended;
  });

  it('is full at its quota, removes still, and takes writes again after space was made', async () => {
    const etcd = await cluster({ args: [`--quota-backend-bytes=${2 * 1024 * 1024}`] });
    // One long attempt each: repeated because its answer is late, a write that was the last to fit would find no room.
    const { store, client } = open(etcd, { attemptMs: 10_000 });
    const text = 'x'.repeat(100 * 1024);
    const names: string[] = [];
    let full: unknown;
    while (full === undefined && names.length < 100) {
      const name = `big-${names.length}`;
      await store.create(thing(name, 0, text)).then(
        () => names.push(name),
        (error: unknown) => {
          full = error;
        },
      );
    }
    expect(isIpamError(full, 'storage-full')).toBe(true);
    await expectCode(store.create(thing('one-more')), 'storage-full');
    const listed = (await store.list('Thing')).items.map(({ metadata }) => metadata.name);
    expect(listed).toEqual(expect.arrayContaining(names));
    // On a machine that has no time etcd answers late that it is late: the last one fitted then, and its repetition did not.
    expect([...names, `big-${names.length}`]).toEqual(expect.arrayContaining(listed));
    for (const name of listed) await store.delete(thingKey(name), undefined);
    const { header } = await client.range({ key: Buffer.from('any') });
    await client.compact(header.revision, true);
    await client.defragment(etcd.endpoints[0] ?? '');
    for (const alarm of await client.alarms()) await client.disarm(alarm);
    await store.create(thing('fits'));
  });
});
