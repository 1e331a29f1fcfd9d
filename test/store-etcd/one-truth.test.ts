import { afterAll, beforeAll, describe, it } from 'vitest';
import { add } from '../agents/agent-cluster.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { freePort } from '../kit/free-port.ts';
import { expectPartial, expectQuarantine, expectWhole, type Truth, untilHeard } from '../kit/one-truth.ts';
import { writePool } from '../kit/write-pool.ts';

describe('three daemons on an etcd that somebody else runs', () => {
  let etcd: EtcdCluster;
  const daemons = new Map<string, DaemonProcess>();
  const inBlocks = new Map<string, string>();
  const shared = new Map<string, string>();
  const truth: Truth = { inBlocks, shared };
  const asked = (name: string) => ({ name, cli: (...args: string[]) => daemonOf(name).cli(...args) });
  const daemonOf = (name: string): DaemonProcess => daemons.get(name) as DaemonProcess;
  const names = ['node1', 'node2', 'node3'];

  beforeAll(async () => {
    etcd = await startEtcd();
    for (const node of names) {
      const address = `127.0.0.1:${await freePort()}`;
      const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--grpc-addr', address, '--insecure'];
      const daemon = new DaemonProcess({ node, clusterCidr: '10.40.0.0/16', args });
      daemons.set(node, daemon);
      await daemon.start();
    }
    await writePool(daemonOf('node1'), 'office', { subnet: '10.30.0.0/24', cooldown: 0 });
    for (const name of names) {
      inBlocks.set(name, await add(daemonOf(name), `on-${name}`));
      shared.set(name, await add(daemonOf(name), `shared-${name}`, 'office'));
    }
    for (const name of names) await untilHeard(asked(name));
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.remove();
    await etcd.dispose();
  });

  it('answer alike, and name one that is away', async () => {
    for (const name of names) await expectWhole(asked(name), truth);
    await expectQuarantine(asked('node1'), inBlocks.get('node3') ?? '', 'node3', 0);
    await daemonOf('node2').crash();
    for (const name of ['node1', 'node3']) await expectPartial(asked(name), 'node2', truth);
  });
});
