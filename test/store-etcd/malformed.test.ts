import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EtcdClient } from '../../src/store/etcd/client.ts';
import type { EtcdStore } from '../../src/store/etcd/etcd-store.ts';
import type { WatchEvent } from '../../src/store/store.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';
import { storeOn, type Thing, thing, thingKey } from './under-test.ts';

const whole = { ...thing('x'), metadata: { name: 'x', uid: 'u', creationTimestamp: '2026-11-29T00:00:00.000Z' } };
const put = (client: EtcdClient, key: string, value: string) =>
  client.txn({ success: [{ request_put: { key: Buffer.from(key), value: Buffer.from(value) } }] });

/** What may stand under `/test/Thing//x`. */
const values: readonly (readonly [what: string, value: string])[] = [
  ['no JSON', 'banana'],
  ['nothing', ''],
  ['JSON that is cut off', JSON.stringify(whole).slice(0, 40)],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '7'],
  ['bytes that are no UTF-8', '\ufffd\u0000'],
  ['a resource of another kind', JSON.stringify({ ...whole, kind: 'Other' })],
  ['a resource of another name', JSON.stringify({ ...whole, metadata: { ...whole.metadata, name: 'y' } })],
  ['a resource without a uid', JSON.stringify({ ...whole, metadata: { name: 'x' } })],
  ['labels that are no texts', JSON.stringify({ ...whole, metadata: { ...whole.metadata, labels: { a: 1 } } })],
  ['finalizers that are a number', JSON.stringify({ ...whole, metadata: { ...whole.metadata, finalizers: 3 } })],
  ['a place in a group that is a text', JSON.stringify({ ...whole, groupIndex: 'first' })],
];

describe('a value in etcd that is no resource', () => {
  let etcd: EtcdCluster;
  let client: EtcdClient;
  let store: EtcdStore;

  beforeAll(async () => {
    etcd = await startEtcd();
    client = etcd.client();
    store = storeOn(client);
  });
  afterAll(async () => {
    await store.close();
    client.close();
    await etcd.dispose();
  });

  it.each(values)('is an object without a spec, hides no other, and can be deleted: %s', async (_what, value) => {
    const before = await store.list<Thing>('Thing');
    await put(client, '/test/Thing//x', value);
    const other = await store.create(thing('z', 1));
    const { items } = await store.list<Thing>('Thing');
    expect(items.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ['x', undefined],
      ['z', { n: 1 }],
    ]);
    expect((await store.get(thingKey('x')))?.spec).toBeUndefined();
    await expect(store.create(thing('x'))).rejects.toMatchObject({ code: 'already-exists' });

    await store.delete(thingKey('x'), items[0]?.metadata.resourceVersion);
    await store.delete(thingKey('z'), other.metadata.resourceVersion);
    const stop = new AbortController();
    const seen: WatchEvent<Thing>[] = [];
    for await (const event of store.watch<Thing>('Thing', before.version, stop.signal)) {
      if (event.type !== 'bookmark') seen.push(event);
      if (seen.length === 4) break;
    }
    stop.abort();
    const told = seen.map((event) => [event.type, event.type === 'bookmark' ? '' : event.resource.metadata.name]);
    expect(told).toEqual([
      ['added', 'x'],
      ['added', 'z'],
      ['deleted', 'x'],
      ['deleted', 'z'],
    ]);
  });
});

describe('a daemon on an etcd in which others wrote', () => {
  it('starts, serves, says what cannot be used, and has ipam-cli remove it', async () => {
    const etcd = await startEtcd();
    const client = etcd.client();
    const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--block-size', '26'];
    const daemon = new DaemonProcess({ clusterCidr: '10.40.0.0/24', args });
    try {
      await put(client, '/berth/v1/IPBlock//10.40.0.0-26', 'banana');
      await put(client, '/berth/v1/IPClaim//10.41.0.7', '{"kind":"IPClaim","spec":{"address":"banana"}}');
      await put(client, '/berth/v1/SpiderIPPool//broken', '{');
      await daemon.start();
      await put(client, '/berth/v1/IPBlock//10.40.0.64-26', '[]');
      const added = async (containerId: string) => {
        const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
        const config = { cniVersion: '1.0.0', name: 'net', ipam };
        return cni('ipam-plugin', config, { command: 'ADD', containerId, netns: '/tmp' });
      };
      const found = ['SpiderIPPool/broken', 'IPBlock/10.40.0.0-26', 'IPBlock/10.40.0.64-26', 'IPClaim/10.41.0.7'];
      await waitFor('check to show all four', async () => {
        const { stdout } = await daemon.cli('check', '--local');
        return found.every((subject) => stdout.includes(subject)) ? true : undefined;
      });
      const { json } = await added('a');
      expect(json.ips?.[0]?.address).toMatch(/^10\.40\.0\.(1[3-9]|2)\d/);
      expect(await httpText(daemon.socket, '/metrics')).toContain('ipam_malformed_objects{kind="IPBlock"} 2');
      for (const subject of found) {
        const removed = await daemon.cli('delete', ...subject.split('/'));
        expect(removed, removed.stderr).toMatchObject({ exit: 0 });
      }
      await waitFor('check to find nothing', async () =>
        (await daemon.cli('check', '--local')).exit === 0 ? true : undefined,
      );
      expect((await client.range({ key: Buffer.from('/berth/v1/IPBlock//10.40.0.0-26') })).count).toBe('0');
    } finally {
      await daemon.remove();
      client.close();
      await etcd.dispose();
    }
  });
});
