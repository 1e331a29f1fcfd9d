import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIpamError } from '../../src/resources/errors.ts';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';

const put = (key: string, value: string) => ({
  success: [{ request_put: { key: Buffer.from(key), value: Buffer.from(value) } }],
});

describe('the etcd client', () => {
  let cluster: EtcdCluster;
  let client: EtcdClient;

  beforeAll(async () => {
    cluster = await startEtcd({ size: 3, unix: true });
    // etcd takes no member in until all have been connected for five seconds.
    client = new EtcdClient({ endpoints: cluster.endpoints, deadlineMs: 60_000 });
  });

  afterAll(async () => {
    client.close();
    await cluster.dispose();
  });

  it('writes, reads and compacts, and says what is compacted', async () => {
    const { header } = await client.txn(put('a', '1'));
    await client.txn(put('a', '2'));
    const { kvs } = await client.range({ key: Buffer.from('a') });
    expect(kvs.map(({ value }) => value.toString())).toEqual(['2']);
    const { kvs: before } = await client.range({ key: Buffer.from('a'), revision: header.revision });
    expect(before.map(({ value }) => value.toString())).toEqual(['1']);
    await client.compact(String(Number(header.revision) + 1));
    await expect(client.range({ key: Buffer.from('a'), revision: header.revision })).rejects.toSatisfy((error) =>
      isIpamError(error, 'compacted'),
    );
  });

  it('goes on with other members when one after the other is killed and started again', async () => {
    for (const member of cluster.members) {
      await member.kill();
      const { lostAttempts } = await client.repeatedTxn(put('key', member.name));
      expect(lostAttempts).toBeGreaterThanOrEqual(0);
      expect((await client.range({ key: Buffer.from('key') })).kvs[0]?.value.toString()).toBe(member.name);
      await member.start();
      await cluster.leader();
    }
  });

  it('gives up at its deadline when nobody answers, and when it is closed', async () => {
    const nobody = new EtcdClient({ endpoints: ['127.0.0.1:1', 'unix:/nowhere/at/all'], deadlineMs: 200 });
    const isAway = (error: unknown) => isIpamError(error, 'store-unavailable');
    await expect(nobody.range({ key: Buffer.from('a') })).rejects.toSatisfy(isAway);
    const waiting = nobody.range({ key: Buffer.from('a') }, { deadlineMs: 60_000 });
    nobody.close();
    await expect(waiting).rejects.toSatisfy(isAway);
    await expect(nobody.range({ key: Buffer.from('a') })).rejects.toSatisfy(isAway);
  });

  it('refuses what is too large, and says so', async () => {
    await expect(client.txn(put('large', 'x'.repeat(2 * 1024 * 1024)))).rejects.toSatisfy((error) =>
      isIpamError(error, 'invalid-argument'),
    );
  });

  it('adds a learner, refuses to promote one that is not there, and removes it', async () => {
    const added = await client.addMember(['http://127.0.0.1:9'], true);
    expect((await client.members()).find(({ ID }) => ID === added.ID)).toMatchObject({ isLearner: true, name: '' });
    await expect(client.promoteMember(added.ID)).rejects.toSatisfy((error) => isIpamError(error, 'conflict'));
    await client.removeMember(added.ID);
    expect(await client.members()).toHaveLength(3);
    await expect(client.removeMember(added.ID)).rejects.toSatisfy((error) => isIpamError(error, 'not-found'));
  });

  it('moves the leader, tells of each member, takes a snapshot and defragments', async () => {
    const former = await cluster.leader();
    const other = cluster.members.find((member) => member !== former)?.endpoint ?? '';
    const { header } = await client.status(other);
    await waitFor('the other to lead', async () => {
      const leader = await cluster.leader();
      if (leader.endpoint === other) return true;
      // Again when a machine that halted for a moment had an election meanwhile.
      await client.moveLeader(header.member_id, leader.endpoint).catch((error: unknown) => {
        if (!isIpamError(error, 'conflict')) throw error;
      });
      return undefined;
    });
    let bytes = 0;
    for await (const piece of client.snapshot(other)) bytes += piece.length;
    expect(bytes).toBeGreaterThan(4096);
    await client.defragment(other);
    expect(await client.alarms()).toEqual([]);
  });

  it('grants a lease, keeps it alive, and sees that one has ended', async () => {
    const id = await client.grantLease(60);
    expect(await client.keepLeaseAlive(id, 20_000)).toBe(60);
    // One long attempt: repeated because its answer is late, it would find no lease any more.
    await client.revokeLease(id, { attemptMs: 20_000 });
    expect(await client.keepLeaseAlive(id, 20_000)).toBe(0);
    await expect(client.revokeLease(id)).rejects.toSatisfy((error) => isIpamError(error, 'not-found'));
  });
});
