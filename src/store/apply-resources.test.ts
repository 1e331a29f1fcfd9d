import { beforeEach, describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { parseManifest } from '../resources/manifest.ts';
import { applyResources } from './apply-resources.ts';
import { MemoryStore } from './memory/memory-store.ts';
import type { Store } from './store.ts';
import { aroundRequests, isWrite, type StoreRequest, wrap } from './wrap.ts';

describe('resources of a release', () => {
  let now = 0;
  let store: Store;
  const clock = {
    elapsed: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
  };
  beforeEach(() => {
    [now, uids] = [0, 0];
    store = new MemoryStore({ now: clock.elapsed, newUid: () => `u${++uids}` });
  });
  let uids = 0;

  const manifest = (ips: string, label = 'a') =>
    parseManifest(
      JSON.stringify({
        apiVersion: 'spiderpool.spidernet.io/v2beta1',
        kind: 'SpiderIPPool',
        metadata: { name: 'blue', labels: { [label]: 'x' } },
        spec: { subnet: '10.6.0.0/24', ips: [ips] },
      }),
      'new.yaml',
    );
  const pool = () => store.get({ kind: 'SpiderIPPool', name: 'blue' });
  const apply = (to: Store, resources = manifest('10.6.0.9')) =>
    applyResources(to, resources, { clock, patienceMs: 10_000 });
  const failing = (times: number, error: IpamError, fits: (request: StoreRequest) => boolean = isWrite) => {
    let left = times;
    return wrap(
      store,
      aroundRequests((request, make) => (fits(request) && left-- > 0 ? Promise.reject(error) : make())),
    );
  };

  it('are created where they are not, and changed where they are, with what others wrote beside it', async () => {
    expect(await apply(store)).toMatchObject([{ done: 'created' }]);
    const created = await pool();
    if (created === undefined) throw new Error('there is no pool');
    await store.update({ ...created, metadata: { ...created.metadata, finalizers: ['kept'] } });
    expect(await apply(store, manifest('10.6.0.8', 'b'))).toMatchObject([{ done: 'configured' }]);
    expect(await pool()).toMatchObject({
      metadata: { finalizers: ['kept'], labels: { a: 'x', b: 'x' } },
      spec: { subnet: '10.6.0.0/24', ips: ['10.6.0.8'] },
    });
  });

  it('wait for a webhook that is not there yet, and no longer than they are told', async () => {
    const away = new IpamError('store-unavailable', 'failed calling webhook');
    expect(await apply(failing(3, away))).toMatchObject([{ done: 'created' }]);
    expect(now).toBe(3_000);
    await expect(apply(failing(1_000, away))).rejects.toThrow('failed calling webhook');
    expect(now).toBe(13_000);
  });

  it('are read again where somebody else wrote meanwhile', async () => {
    await apply(store);
    expect(await apply(failing(2, new IpamError('conflict', 'overtaken')))).toMatchObject([{ done: 'configured' }]);
    expect(await apply(failing(9, new IpamError('conflict', 'overtaken')))).toMatchObject([
      { refused: { message: 'overtaken' } },
    ]);
  });

  it('are told of that are refused, and the others written', async () => {
    const refusing = failing(1, new IpamError('invalid-config', 'no such gateway'));
    const [other] = manifest('10.6.0.7');
    if (other === undefined) throw new Error('no resource');
    const second = { ...other, metadata: { name: 'red' } };
    expect(await apply(refusing, [...manifest('10.6.0.9'), second])).toMatchObject([
      { refused: { message: 'no such gateway' } },
      { resource: { metadata: { name: 'red' } }, done: 'created' },
    ]);
  });
});
