import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';

/** Two blocks of eight addresses, five of each for Pods. */
const pool = `apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata:
  name: racks
spec:
  subnet: 172.16.5.0/28
  blockSize: 29
`;

describe('identities in a pool that leases blocks, over three daemons on one etcd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-kept-in-blocks-'));
  let etcd: EtcdCluster;
  let daemons: readonly DaemonProcess[];

  beforeAll(async () => {
    etcd = await startEtcd();
    const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--store-engine', 'etcd'];
    const config = 'allocation:\n  keepInBlocks: true\n  cooldown: 0s\n';
    daemons = ['node1', 'node2', 'node3'].map((node) => new DaemonProcess({ node, clusterCidr: '', args, config }));
    await Promise.all(daemons.map((daemon) => daemon.start()));
    writeFileSync(join(directory, 'pool.yaml'), pool);
    expect(await daemons[0]?.cli('apply', '-f', join(directory, 'pool.yaml'))).toMatchObject({ exit: 0 });
    for (const daemon of daemons)
      await waitFor('the daemon to know the pool', async () =>
        (await daemon.cli('pools')).stdout.includes('racks') ? true : undefined,
      );
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await etcd.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const at = (node: number): DaemonProcess => {
    const daemon = daemons[node - 1];
    if (daemon === undefined) throw new Error(`there is no node ${node}`);
    return daemon;
  };
  const call = (node: number, command: string, containerId: string, args = ''): Promise<CniResult> => {
    const ipam = { type: 'ipam-plugin', daemonSocket: at(node).socket, pools: ['racks'] };
    return cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', ipam },
      { command, containerId, netns: directory, args },
    );
  };
  const address = ({ json, stdout }: CniResult): string => json.ips?.[0]?.address ?? stdout;

  it('have their address on every node, and whoever leases its block gives all the others, and never that one', async () => {
    const given = address(await call(1, 'ADD', 'c1', 'IDENTITY=db'));
    const [plain = ''] = given.split('/');
    expect(given).toMatch(/^172\.16\.5\.\d+\/29$/);
    await call(1, 'DEL', 'c1');
    expect(address(await call(2, 'ADD', 'c2', 'IDENTITY=db'))).toBe(`${plain}/32`);
    // Node 1 has both blocks in the end: nine addresses beside that one.
    const others: string[] = [];
    for (let next = 0; next < 9; next += 1) others.push(address(await call(1, 'ADD', `x${next}`)));
    expect(others.every((one) => one.endsWith('/29') && !one.startsWith(`${plain}/`))).toBe(true);
    expect(new Set(others).size).toBe(9);
    expect(await call(1, 'ADD', 'y')).toMatchObject({ exit: 1, json: { code: 100 } });
    expect((await at(2).cli('addresses', '-o', 'wide')).stdout).toMatch(/172\.16\.5\.\d+\/32 .* 172\.16\.5\.\d+\/29 /);
    expect((await at(3).cli('lookup', plain)).stdout).toContain('node2');
    // Parked, it is still for nobody else; on the third node for whom it is.
    await call(2, 'DEL', 'c2');
    expect((await call(1, 'ADD', 'y')).exit).toBe(1);
    expect(address(await call(3, 'ADD', 'c3', 'IDENTITY=db'))).toBe(`${plain}/32`);
    await call(1, 'DEL', 'c1');
    await call(2, 'DEL', 'c2');
    expect(address(await call(3, 'ADD', 'c3', 'IDENTITY=db'))).toBe(`${plain}/32`);
    for (const daemon of daemons) expect(await daemon.cli('check', '--local')).toMatchObject({ exit: 0 });
    // Let go, it is its block's again.
    await call(3, 'DEL', 'c3');
    expect(await at(2).cli('unkeep', 'identity/db')).toMatchObject({ exit: 0 });
    await waitFor('the lessee to hear of it', async () => {
      const answer = await call(1, 'ADD', 'z');
      return answer.exit === 0 && address(answer) === given ? true : undefined;
    });
  });
});
