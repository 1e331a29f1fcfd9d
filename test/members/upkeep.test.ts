import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';

const megabyte = 1024 * 1024;

describe('members on one machine', () => {
  const daemons: DaemonProcess[] = [];
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.remove();
  });

  function member(node: string, port: number, config: string): DaemonProcess {
    const args = [`--bind-addr=127.0.0.1:${port}`, '--bootstrap', '--insecure'];
    const daemon = new DaemonProcess({ node, clusterCidr: '', args, config });
    daemons.push(daemon);
    return daemon;
  }

  it('begin one cluster together when all have --bootstrap and the same peers', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const config = `raft: {peers: [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}]}`;
    for (const [index, port] of ports.entries()) member(`ipam-${index + 1}`, port, config).spawn();
    for (const daemon of daemons) await daemon.ready();
    const clusters = await Promise.all(
      daemons.map(async (daemon) => {
        const { stdout } = await daemon.cli('members', 'list', '-o', 'json');
        return JSON.parse(stdout) as { cluster_id: string; members: { name: string }[] };
      }),
    );
    expect(new Set(clusters.map(({ cluster_id }) => cluster_id)).size).toBe(1);
    expect(clusters[0]?.members.map(({ name }) => name)).toEqual(['ipam-1', 'ipam-2', 'ipam-3']);
  });

  it('say when the database is full, give space back, and lift the alarm', { timeout: 300_000 }, async () => {
    const daemon = member('ipam-1', await freePort(), `raft: {quotaBytes: ${64 * megabyte}}`);
    await daemon.start();
    const etcd = new EtcdClient({ endpoints: [`unix:${join(daemon.dataDir, 'client:0')}`] });
    const key = Buffer.from('/filler');
    const put = { request_put: { key, value: Buffer.alloc(megabyte, 'x') } };
    try {
      // The same key over and over: old versions are what fills a database.
      const full = async (): Promise<string> => {
        for (;;) await etcd.txn({ success: [put] });
      };
      await expect(full()).rejects.toMatchObject({ code: 'storage-full' });
      await waitFor('the alarm to be told', async () =>
        (await httpText(daemon.socket, '/readyz')).includes('NOSPACE') ? true : undefined,
      );
      const { header } = await etcd.range({ key });
      await etcd.compact(header.revision, true);
      // An etcd that is busy making its file smaller may not answer, which is told instead of the alarm.
      await waitFor('the alarm to be lifted', async () =>
        (await httpText(daemon.socket, '/readyz')).includes('"ready"') ? true : undefined,
      );
      await etcd.txn({ success: [put] });
      expect(daemon.log).toContain('the database gave space back');
    } finally {
      etcd.close();
    }
  });
});
