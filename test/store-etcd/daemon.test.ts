import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';
import { writePool } from '../kit/write-pool.ts';

/** Twelve addresses that both daemons hand out one by one. */
const office = { subnet: '172.16.4.0/24', ips: ['172.16.4.100-172.16.4.111'] };

describe('two daemons on one etcd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-etcd-daemons-'));
  let etcd: EtcdCluster;
  let daemons: readonly DaemonProcess[] = [];

  beforeAll(async () => {
    etcd = await startEtcd();
    // As the file says it on the first, and the flags on the second.
    const config = `store:\n  engine: etcd\n  etcd:\n    endpoints: [${etcd.endpoints.join(', ')}]\n    prefix: /ours\n`;
    const flags = ['--etcd-endpoints', etcd.endpoints.join(','), '--etcd-prefix', '/ours', '--store-engine', 'etcd'];
    daemons = [
      new DaemonProcess({ node: 'node1', clusterCidr: '10.40.0.0/16', config }),
      new DaemonProcess({ node: 'node2', clusterCidr: '10.40.0.0/16', args: flags }),
    ];
    await Promise.all(daemons.map((daemon) => daemon.start()));
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await etcd.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const call = (at: number, command: string, containerId: string, pools?: readonly string[]): Promise<CniResult> => {
    const daemon = daemons[at] as DaemonProcess;
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, ...(pools === undefined ? {} : { pools }) };
    return cni('ipam-plugin', { cniVersion: '1.0.0', name: 'net', ipam }, { command, containerId, netns: directory });
  };
  const add = (at: number, containerId: string, pools?: readonly string[]) => call(at, 'ADD', containerId, pools);
  const address = ({ json, stdout }: CniResult): string => {
    if (json.ips?.[0] === undefined) throw new Error(stdout);
    return json.ips[0].address.split('/')[0] ?? '';
  };

  it('lease blocks of their own from one pool', async () => {
    const given = await Promise.all(
      Array.from({ length: 24 }, async (_, n) => ({ at: n % 2, address: address(await add(n % 2, `block-${n}`)) })),
    );
    expect(new Set(given.map(({ address }) => address)).size).toBe(24);
    const blocks = new Map([0, 1].map((at) => [at, new Set<string>()]));
    for (const one of given) blocks.get(one.at)?.add(one.address.split('.').slice(0, 3).join('.'));
    expect(blocks.get(0)?.isDisjointFrom(blocks.get(1) ?? new Set())).toBe(true);
  });

  it('drain a shared pool together, each address once, and say when it is empty', async () => {
    await writePool(daemons[0] as DaemonProcess, 'office', office);
    await waitFor('the other daemon to know the pool', async () => {
      const { stdout } = await (daemons[1] as DaemonProcess).cli('pools');
      return stdout.includes('office') ? true : undefined;
    });
    const results = await Promise.all(Array.from({ length: 16 }, (_, n) => add(n % 2, `shared-${n}`, ['office'])));
    const got = results.filter(({ exit }) => exit === 0).map(address);
    expect(got).toHaveLength(12);
    expect(new Set(got).size).toBe(12);
    for (const { json } of results.filter(({ exit }) => exit !== 0)) expect(json.msg).toContain('office');
  });

  it('go on with leased blocks while etcd is away, and share again when it is back', async () => {
    await call(0, 'DEL', 'shared-0', ['office']);
    await call(1, 'DEL', 'shared-1', ['office']);
    const [member] = etcd.members;
    await member?.kill();
    const early = add(0, 'early', ['office']);
    const alone = await Promise.all(Array.from({ length: 20 }, (_, n) => add(n % 2, `alone-${n}`)));
    expect(new Set(alone.map(address)).size).toBe(20);
    await member?.start();
    // Who asked for a shared address meanwhile has waited for it, or is told to come again.
    await waitFor('a shared address', async () =>
      (await early).exit === 0 || (await add(0, 'early', ['office'])).exit === 0 ? true : undefined,
    );
    await waitFor('a block to be leased again', async () => {
      const { exit } = await (daemons[1] as DaemonProcess).cli('allocate', 'node2');
      return exit === 0 ? true : undefined;
    });
  });
});
