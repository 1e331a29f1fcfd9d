import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EtcdClient } from '../../src/store/etcd/client.ts';
import { EtcdPresences } from '../../src/store/etcd/etcd-presences.ts';
import { Presence } from '../../src/store/etcd/presence.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';

describe('the presence of a client in etcd', () => {
  let cluster: EtcdCluster;
  let client: EtcdClient;

  beforeAll(async () => {
    cluster = await startEtcd();
    client = cluster.client();
  });
  afterAll(async () => {
    client.close();
    await cluster.dispose();
  });

  const key = Buffer.from('/test/here');
  const entry = async () => (await client.range({ key })).kvs[0];
  const until = (isThere: boolean, ms?: number) =>
    waitFor(
      `the key to be ${isThere ? 'there' : 'gone'}`,
      async () => ((await entry()) !== undefined) === isThere || undefined,
      ms,
    );

  it('is seen as long as it breathes, is made anew after its lease has ended, and ends at once', async () => {
    const told: boolean[] = [];
    const presence = new Presence({
      client,
      key,
      value: () => Buffer.from('me'),
      // A machine that halts for a second or two must not end the lease too.
      ttlSeconds: 12,
      onChange: (isSeen) => told.push(isSeen),
    });
    await until(true);
    await waitFor('it to know', () => presence.isSeen || undefined);
    const first = await entry();
    // One long attempt: repeated because its answer is late, it would find no lease any more.
    await client.revokeLease(first?.lease ?? '', { attemptMs: 10_000 });
    await waitFor('another lease', async () => {
      const now = await entry();
      return now !== undefined && now.lease !== first?.lease ? true : undefined;
    });
    // Others may read the key before the answer to its write is back.
    await waitFor('it to know again', () => presence.isSeen || undefined);
    expect(told).toEqual([true, false, true]);
    await presence.end();
    expect(presence.isSeen).toBe(false);
    // It waits a second at most for etcd to hear it; by itself the lease would go on for longer than this.
    await until(false, 5_000);
  });

  it('is over for others when its client is silent, and comes back with etcd', async () => {
    const own = cluster.client();
    const presence = new Presence({ client: own, key, value: () => Buffer.from('me'), ttlSeconds: 2 });
    await until(true);
    await waitFor('it to know', () => presence.isSeen || undefined);
    const [member] = cluster.members;
    await member?.kill();
    await waitFor('it to know that it may not be seen', () => !presence.isSeen || undefined);
    await member?.start();
    await waitFor('it to be seen again', () => presence.isSeen || undefined);
    own.close();
    await until(false);
    await presence.end();
  });

  it('of a node is seen by others, from whichever client it comes, until the last has taken it back', async () => {
    const [one, other] = [new EtcdPresences({ client }), new EtcdPresences({ client, prefix: '/berth/v1' })];
    const seen = (isPresent: boolean) =>
      waitFor(`the node to be ${isPresent ? 'there' : 'gone'}`, async () =>
        (await one.isPresent('node/1')) === isPresent ? true : undefined,
      );
    const [first, second] = [new AbortController(), new AbortController()];
    const former = one.announce('node/1', () => '192.0.2.1:9090', first.signal);
    await seen(true);
    expect(await other.isPresent('node')).toBe(false);
    expect(await other.all()).toEqual(new Map([['node/1', '192.0.2.1:9090']]));
    const leases = async () => (await client.range({ key: Buffer.from('/berth/v1/.present/node%2F1') })).kvs[0]?.lease;
    const lease = await leases();
    const later = other.announce('node/1', () => '192.0.2.2:9090', second.signal);
    await waitFor('the later lease', async () => ((await leases()) === lease ? undefined : true));
    first.abort();
    await former;
    expect(await one.isPresent('node/1')).toBe(true);
    expect(await one.all()).toEqual(new Map([['node/1', '192.0.2.2:9090']]));
    second.abort();
    await later;
    await seen(false);
    // One of an earlier version, which says its name only.
    await client.repeatedTxn({
      success: [{ request_put: { key: Buffer.from('/berth/v1/.present/old'), value: Buffer.from('old') } }],
    });
    expect(await one.all()).toEqual(new Map([['old', '']]));
  });
});
