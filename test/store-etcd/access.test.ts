import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from '../security/pki.ts';
import { expectCode, storeOn, thing } from './under-test.ts';

describe('an etcd that asks for certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-etcd-tls-'));
  const pki = new Pki();
  const stranger = new Pki('somebody-else');
  let cluster: EtcdCluster;

  const files = (name: string) => ({
    caFile: join(folder, name, 'ca.crt'),
    certFile: join(folder, name, 'tls.crt'),
    keyFile: join(folder, name, 'tls.key'),
  });
  /** @param deadlineMs short, for who is not served; a refusal is known as one when no attempt was given up before */
  const open = (name: string | undefined, { deadlineMs = 1_000, attemptMs = 250 } = {}) =>
    new EtcdClient({
      endpoints: cluster.endpoints,
      deadlineMs,
      attemptMs,
      ...(name === undefined ? {} : { tls: files(name) }),
    });
  const patient = { deadlineMs: 30_000, attemptMs: 30_000 };

  beforeAll(async () => {
    writePki(join(folder, 'server'), pki, pki.node('etcd'));
    for (const name of ['root', 'node1', 'viewer']) writePki(join(folder, name), pki, pki.node(name));
    writePki(join(folder, 'stranger'), stranger, stranger.node('node1'));
    writePki(join(folder, 'changing'), pki, stranger.node('node1'));
    cluster = await startEtcd({ tls: files('server') });
    // Roles as an operator of etcd would set them: one may write under the prefix, the other only read there.
    const { caFile, certFile, keyFile } = files('root');
    const flags = ['--cacert', caFile, '--cert', certFile, '--key', keyFile, '--dial-timeout=20s'];
    const etcdctl = (...args: string[]) =>
      must('etcdctl', ['--endpoints', cluster.endpoints[0] ?? '', '--command-timeout=20s', ...flags, ...args], {
        env: { PATH: process.env.PATH ?? '', ETCDCTL_API: '3' },
      });
    for (const user of ['root', 'node1', 'viewer']) await etcdctl('user', 'add', user, '--no-password');
    for (const role of ['root', 'berth', 'reader']) await etcdctl('role', 'add', role);
    await etcdctl('role', 'grant-permission', 'berth', 'readwrite', '/test/', '--prefix');
    await etcdctl('role', 'grant-permission', 'reader', 'read', '/test/', '--prefix');
    for (const [user, role] of [
      ['root', 'root'],
      ['node1', 'berth'],
      ['viewer', 'reader'],
    ] as const)
      await etcdctl('user', 'grant-role', user, role);
    await etcdctl('auth', 'enable');
  });
  afterAll(async () => {
    await cluster.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves who has one, in what its role allows', async () => {
    const client = open('node1', patient);
    const store = storeOn(client);
    await store.create(thing('a'));
    expect((await store.list('Thing')).items).toHaveLength(1);
    const { version } = await store.list('Thing');
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of store.watch('Thing', version, stop.signal)) return event.type;
      return undefined;
    })();
    await store.create(thing('b'));
    expect(await watching).toBe('added');
    const elsewhere = storeOn(client, '/elsewhere');
    await expectCode(elsewhere.create(thing('a')), 'permission-denied');
    await expectCode(elsewhere.list('Thing'), 'permission-denied');
    await expectCode(
      (async () => {
        for await (const _ of elsewhere.watch('Thing', version, stop.signal)) break;
      })(),
      'permission-denied',
    );
    await store.close();
    client.close();
  });

  it('lets a reader read, and not write', async () => {
    const client = open('viewer', patient);
    const store = storeOn(client);
    expect((await store.list('Thing')).items).toHaveLength(2);
    await expectCode(store.create(thing('c')), 'permission-denied');
    await store.close();
    client.close();
  });

  it('is out of reach for who has none, or one of another authority', async () => {
    for (const name of [undefined, 'stranger']) {
      const client = open(name);
      await expectCode(client.range({ key: Buffer.from('/test/') }), 'store-unavailable');
      client.close();
    }
  });

  it('is reached with files that are replaced while the client runs', async () => {
    const client = open('changing', { deadlineMs: 60_000 });
    const store = storeOn(client);
    const creating = store.create(thing('patient'));
    await expectCode(client.range({ key: Buffer.from('/test/') }, { deadlineMs: 500 }), 'store-unavailable');
    const { cert, key } = pki.node('node1');
    // Half of them at first, as somebody who copies would.
    writeFileSync(files('changing').keyFile, key);
    writeFileSync(files('changing').certFile, cert);
    expect((await creating).metadata.name).toBe('patient');
    await waitFor('the store', async () => ((await store.list('Thing')).items.length > 0 ? true : undefined));
    await store.close();
    client.close();
  });

  it('is refused as a configuration when files are missing, or do not belong together', () => {
    const tls = files('node1');
    const make = (names: object) => () => new EtcdClient({ endpoints: cluster.endpoints, tls: names });
    expect(make({ ...tls, caFile: '/nowhere' })).toThrow(/cannot read \/nowhere/);
    expect(make({ ...tls, keyFile: files('root').keyFile })).toThrow(/cannot use .*tls\.key/);
    expect(make({ certFile: tls.certFile })).toThrow(/go together/);
    expect(() => new EtcdClient({ endpoints: ['http://127.0.0.1:1'], tls })).toThrow(/in the clear/);
    expect(() => new EtcdClient({ endpoints: ['nonsense'] })).toThrow(/no endpoint/);
    expect(() => new EtcdClient({ endpoints: [] })).toThrow(/no endpoint/);
  });
});
