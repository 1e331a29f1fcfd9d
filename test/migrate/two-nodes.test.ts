import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { holdings, migrate, onEtcd, Runtime } from './kit.ts';

/** One network, of which each node has its own part. */
const rangesOf = (first: string, last: string, gateway: string) => [
  [
    {
      subnet: '10.45.0.0/24',
      rangeStart: `10.45.0.${first}`,
      rangeEnd: `10.45.0.${last}`,
      gateway: `10.45.0.${gateway}`,
    },
  ],
];
const nodes = {
  node1: { ranges: rangesOf('10', '19', '1'), held: { a: '10.45.0.10', b: '10.45.0.11' } },
  node2: { ranges: rangesOf('30', '39', '254'), held: { c: '10.45.0.30' } },
} as const;

describe('two nodes that host-local served, of one network with different ranges', { timeout: 300_000 }, () => {
  let root = '';
  let etcd: EtcdCluster;
  const daemons = new Map<string, DaemonProcess>();
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'berth-two-nodes-'));
    etcd = await startEtcd({ size: 1 });
    for (const [node, { ranges, held }] of Object.entries(nodes)) {
      for (const directory of ['net.d', 'networks/macvlan-conf'])
        mkdirSync(join(root, node, directory), { recursive: true });
      const config = {
        cniVersion: '1.0.0',
        name: 'macvlan-conf',
        type: 'macvlan',
        ipam: { type: 'ipam-plugin', ranges },
      };
      writeFileSync(join(root, node, 'net.d/10.conf'), JSON.stringify(config));
      for (const [containerId, address] of Object.entries(held)) hold(node, address, containerId);
      daemons.set(node, onEtcd(new DaemonProcess({ dataDir: join(root, node, 'data') }), node, etcd.endpoints));
    }
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.remove();
    await etcd.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const hold = (node: string, address: string, containerId: string): void =>
    writeFileSync(join(root, node, 'networks/macvlan-conf', address), `${containerId}\r\neth0`);
  const moved = (node: string, ...more: readonly string[]) =>
    migrate(
      `host-local:${join(root, node, 'networks')}`,
      `etcd:${etcd.endpoints.join(',')}`,
      ...['--node', node, '--data-dir', join(root, node, 'data'), '--network-config', join(root, node, 'net.d')],
      ...['--cni-cache', root, ...more],
    );

  it('keep their addresses, and each gives out of its own range by its own gateway', async () => {
    expect(await moved('node1')).toMatchObject({ exit: 0 });
    // What the other node has by now is seen in the plan.
    hold('node2', '10.45.0.10', 'twice');
    const plan = await moved('node2', '--dry-run');
    expect(plan.exit).toBe(1);
    expect(plan.stdout).toMatch(
      /IPClaim "10\.45\.0\.10": held by macvlan-conf\/twice\/eth0 on node "node2" in the source, by macvlan-conf\/a\/eth0 on node "node1" in the target/,
    );
    rmSync(join(root, 'node2/networks/macvlan-conf/10.45.0.10'));
    const done = await moved('node2');
    expect(done, done.stdout).toMatchObject({ exit: 0 });
    for (const [node, { ranges, held }] of Object.entries(nodes)) {
      const daemon = daemons.get(node) as DaemonProcess;
      await daemon.start();
      const expected = Object.entries(held).map(([containerId, address]) => `${address}/24 ${containerId}`);
      expect(await holdings(daemon)).toEqual(expected);
      const runtime = new Runtime(daemon.socket, { 'macvlan-conf': { ranges } });
      const { addresses } = await runtime.add('macvlan-conf', `new-${node}`);
      expect(addresses[0]).toMatch(node === 'node1' ? /^10\.45\.0\.1[2-9]\/24$/ : /^10\.45\.0\.3[1-9]\/24$/);
      for (const containerId of Object.keys(held))
        await runtime.del({ network: 'macvlan-conf', containerId, addresses: [] });
      expect(await holdings(daemon)).toEqual([`${addresses[0]} new-${node}`]);
    }
  });
});
