import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../resources/resource.ts';
import { codeOf } from '../resources/testing/refusal.ts';
import { describeStoreConformance, forgetByChanging } from '../store/conformance.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import type { RemoteStore } from '../store/remote/remote-store.ts';
import { memory, patientRemote, remote } from './testing/remote-store.ts';
import { serveStore } from './testing/serve-store.ts';

const keptChanges = 300;
const thing = (name: string): Resource => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, spec: { n: 1 } });

describeStoreConformance('a server over gRPC', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-remote-'));
  const kept = new EmbeddedStore({ directory, now: Date.now, newUid: randomUUID, keptChanges, pollMs: 5 });
  const servers = [await serveStore(kept), await serveStore(kept)];
  const stores = [patientRemote(...servers.map(({ address }) => address))];
  return {
    store: stores[0] as RemoteStore,
    reopen: async () => {
      const other = patientRemote(servers[1]?.address ?? '');
      stores.push(other);
      return other;
    },
    forget: () => forgetByChanging(kept, keptChanges),
    dispose: async () => {
      for (const store of stores) await store.close();
      for (const server of servers) await server.kill();
      await kept.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

describe('a store over several servers', () => {
  it('goes on with the next server when one ends, reads, writes and watches alike', async () => {
    const kept = memory();
    const [first, second] = [await serveStore(kept), await serveStore(kept)];
    const store = remote(first.address, second.address);
    const stop = new AbortController();
    const seen: string[] = [];
    const { version } = await store.list('Thing');
    const watching = (async () => {
      for await (const event of store.watch('Thing', version, stop.signal))
        if (event.type !== 'bookmark') seen.push(event.resource.metadata.name);
    })();
    for (let n = 0; n < 20; n += 1) {
      if (n === 10) await first.kill();
      await store.create(thing(`t${n}`));
    }
    expect((await store.list('Thing')).items).toHaveLength(20);
    // The watch goes on at the second server by itself, maybe long after the writes.
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(Array.from({ length: 20 }, (_, n) => `t${n}`));
    stop.abort();
    await watching;
    await store.close();
    await second.kill();
  });

  it('lists a kind that takes many pages as of one moment', async () => {
    const kept = memory();
    const large = 'x'.repeat(1_000);
    for (let n = 0; n < 2_000; n += 1) await kept.create({ ...thing(`t${n}`), spec: { large } });
    const server = await serveStore(kept);
    const store = remote(server.address);
    const { items, version } = await store.list('Thing');
    expect(items).toEqual((await kept.list('Thing')).items);
    expect(version).toBe('2000');
    await store.close();
    await server.kill();
  });

  it('says that no server answers, and is heard again when one is back', async () => {
    const kept = memory();
    const server = await serveStore(kept);
    const store = remote(server.address);
    await server.kill();
    expect(await codeOf(store.list('Thing'))).toBe('store-unavailable');
    const again = await serveStore(kept, undefined, Number(server.address.split(':')[1]));
    await expect.poll(() => codeOf(store.create(thing('a'))), { timeout: 20_000 }).toBeUndefined();
    await store.close();
    await again.kill();
  });

  it('gives up a server that takes connections and says nothing', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const bound = silent.address();
    const kept = memory();
    const server = await serveStore(kept);
    const store = remote(`127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`, server.address);
    expect(await codeOf(store.create(thing('a')))).toBeUndefined();
    await store.close();
    silent.close();
    await server.kill();
  });
});
