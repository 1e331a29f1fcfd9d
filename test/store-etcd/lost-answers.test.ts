import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../src/resources/resource.ts';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { TcpProxy } from '../kit/tcp-proxy.ts';
import { waitFor } from '../kit/wait.ts';
import { expectCode, storeOn, type Thing, thing, thingKey } from './under-test.ts';

describe('a write to etcd whose answer is lost', () => {
  let cluster: EtcdCluster;
  const proxies: TcpProxy[] = [];
  const closing: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    cluster = await startEtcd();
  });
  afterAll(async () => {
    for (const close of closing) await close();
    for (const proxy of proxies) proxy.stop();
    await cluster.dispose();
  });

  const open = (endpoints: readonly string[], times: { deadlineMs?: number; attemptMs?: number } = {}) => {
    const client = new EtcdClient({ endpoints, ...times });
    const store = storeOn(client);
    closing.push(async () => {
      await store.close();
      client.close();
    });
    return { client, store };
  };
  const newProxy = async () => {
    const proxy = new TcpProxy(Number(new URL(cluster.endpoints[0] ?? '').port));
    proxies.push(proxy);
    await proxy.start();
    return proxy;
  };

  it('is carried out once, and answered as if nothing had happened', async () => {
    const proxy = await newProxy();
    const { store } = open([proxy.endpoint]);
    const direct = open(cluster.endpoints).store;
    const lost = async <T>(action: Promise<T>, isDone: () => Promise<boolean>): Promise<T> => {
      await waitFor('etcd to carry it out', async () => ((await isDone()) ? true : undefined));
      proxy.heal();
      return action;
    };
    await store.create(thing('warm'));
    const { version } = await direct.list('Thing');

    // Reads come before the writes of an update and of a delete: the answer that is lost is the one after them.
    proxy.loseAnswers();
    const created = await lost(
      store.create(thing('a', 1)),
      async () => (await direct.get(thingKey('a'))) !== undefined,
    );
    expect(created).toEqual(await direct.get(thingKey('a')));

    proxy.loseAnswers();
    await lost(
      store.create(thing('a', 2)).catch((error: Error) => expect(error.message).toContain('exists already')),
      async () => true,
    );
    expect(await direct.get(thingKey('a'))).toEqual(created);

    const stop = new AbortController();
    const seen: string[] = [];
    for await (const event of direct.watch<Thing>('Thing', version, stop.signal)) {
      if (event.type === 'bookmark') continue;
      seen.push(`${event.type} ${event.resource.metadata.name} ${event.resource.spec.n}`);
      if (event.resource.metadata.name === 'end') break;
      if (seen.length === 1) await direct.create(thing('end'));
    }
    expect(seen).toEqual(['added a 1', 'added end 0']);
  });

  it('is carried out once each, in groups, while a connection is cut again and again', async () => {
    const proxy = await newProxy();
    const { store } = open([proxy.endpoint], { deadlineMs: 60_000 });
    const direct = open(cluster.endpoints).store;
    const { version } = await direct.list('Thing');
    let isOver = false;
    let answered = 0;
    const cutting = (async () => {
      for (let calmMs = 60; !isOver; ) {
        proxy.loseAnswers();
        await pause(30);
        const before = answered;
        proxy.heal();
        await pause(calmMs);
        // A slow machine needs longer for a connection and an answer: with cuts that come too fast it would never get one.
        calmMs = answered === before ? calmMs * 1.3 : Math.max(60, calmMs / 1.3);
      }
    })();
    const answer = async <T>(action: Promise<T>): Promise<T> => {
      const value = await action;
      answered += 1;
      return value;
    };
    const names = Array.from({ length: 120 }, (_, n) => `cut-${n}`);
    const outcomes = await Promise.all(
      names.map(async (name, n) => {
        const first = await answer(store.create(thing(name, n)));
        const second = await answer(store.update({ ...first, spec: { n: n + 1_000 } }));
        if (n % 2 === 0) await answer(store.delete(thingKey(name), second.metadata.resourceVersion));
        return second;
      }),
    ).finally(() => {
      isOver = true;
    });
    await cutting;
    expect(outcomes).toHaveLength(names.length);
    const { items } = await direct.list<Thing>('Thing');
    const left = items.filter(({ metadata }) => metadata.name.startsWith('cut-'));
    expect(left.map(({ spec }) => spec.n).sort((a, b) => a - b)).toEqual(
      names.flatMap((_, n) => (n % 2 === 0 ? [] : [n + 1_000])),
    );

    const stop = new AbortController();
    const changes = new Map<string, string[]>();
    await direct.create(thing('cut-end'));
    for await (const event of direct.watch<Thing>('Thing', version, stop.signal)) {
      if (event.type === 'bookmark') continue;
      const { name } = event.resource.metadata;
      if (name === 'cut-end') break;
      changes.set(name, [...(changes.get(name) ?? []), event.type]);
    }
    for (const [n, name] of names.entries()) {
      expect(changes.get(name)).toEqual(n % 2 === 0 ? ['added', 'modified', 'deleted'] : ['added', 'modified']);
    }
  });

  it('does nothing when it arrives after its repetition, however late', async () => {
    const direct = open(cluster.endpoints).store;
    const pair = [await newProxy(), await newProxy()];
    const { store } = open(pair.map(({ endpoint }) => endpoint));
    for (let round = 0; round < 5; round += 1) {
      const name = `late-${round}`;
      await store.create(thing(`warm-${round}`));
      for (const proxy of pair) proxy.hold();
      const creating = store.create(thing(name));
      const slow = await waitFor('a proxy to hold the request', () => pair.find(({ hasHeld }) => hasHeld));
      const others = pair.filter((proxy) => proxy !== slow);
      for (const other of others) other.release();
      const created = await creating;
      await direct.delete(thingKey(name), created.metadata.resourceVersion);
      slow.release();
      // With no other way open, this comes on the same connection, after what was held.
      for (const other of others) other.hold();
      await store.get(thingKey(name));
      for (const other of others) other.release();
      expect(await direct.get(thingKey(name))).toBeUndefined();
    }
  });

  it('is found again after the lease of the client has ended', async () => {
    // One long attempt each: a client that repeats a write for its late answer cannot tell that the lease had ended before.
    const { client, store } = open(cluster.endpoints, { attemptMs: 10_000 });
    await store.create(thing('before-lease'));
    const { kvs } = await client.range({ key: Buffer.from('/test/.lanes/'), range_end: Buffer.from('/test/.lanes0') });
    expect(kvs.length).toBeGreaterThan(0);
    for (const lease of new Set(kvs.map((kv) => kv.lease))) await client.revokeLease(lease).catch(() => {});
    await Promise.all(Array.from({ length: 10 }, (_, n) => store.create(thing(`after-lease-${n}`))));
    expect(
      (await store.list('Thing')).items.filter(({ metadata }) => metadata.name.startsWith('after-lease')),
    ).toHaveLength(10);
  });

  it('goes through a slow connection', async () => {
    const proxy = await newProxy();
    proxy.delayMs = 150;
    const { store } = open([proxy.endpoint]);
    const first = await store.create(thing('slow', 1));
    const second: Stored<Thing> = await store.update({ ...first, spec: { n: 2 } });
    await expectCode(store.update({ ...first, spec: { n: 3 } }), 'conflict');
    await store.delete(thingKey('slow'), second.metadata.resourceVersion);
    await expectCode(store.delete(thingKey('slow'), undefined), 'not-found');
  });
});
