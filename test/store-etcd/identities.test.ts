import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';

const pool = `apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata:
  name: office
spec:
  subnet: 172.16.4.0/24
  ips: [172.16.4.100-172.16.4.111]
`;

describe('identities that callers name, over two daemons on one etcd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-identities-'));
  let etcd: EtcdCluster;
  let one: DaemonProcess;
  let two: DaemonProcess;

  beforeAll(async () => {
    etcd = await startEtcd();
    const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--store-engine', 'etcd'];
    one = new DaemonProcess({ node: 'node1', clusterCidr: '10.40.0.0/16', args });
    two = new DaemonProcess({ node: 'node2', clusterCidr: '10.40.0.0/16', args });
    await Promise.all([one.start(), two.start()]);
    writeFileSync(join(directory, 'pool.yaml'), pool);
    expect(await one.cli('apply', '-f', join(directory, 'pool.yaml'))).toMatchObject({ exit: 0 });
    await waitFor('the other daemon to know the pool', async () =>
      (await two.cli('pools')).stdout.includes('office') ? true : undefined,
    );
  });
  afterAll(async () => {
    await one.remove();
    await two.remove();
    await etcd.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const call = (
    daemon: DaemonProcess,
    command: string,
    containerId: string,
    { args = '', more = {} }: { readonly args?: string; readonly more?: object } = {},
  ): Promise<CniResult> => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, pools: ['office'] };
    return cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', ipam, ...more },
      { command, containerId, netns: directory, args },
    );
  };
  const address = ({ json, stdout }: CniResult): string => {
    if (json.ips?.[0] === undefined) throw new Error(stdout);
    return json.ips[0].address.split('/')[0] ?? '';
  };

  it('have their address again on the other node, by CNI_ARGS, args.cni and gRPC alike', async () => {
    const given = address(await call(one, 'ADD', 'c1', { args: 'IDENTITY=db' }));
    const refused = await call(two, 'ADD', 'c2', { args: 'IDENTITY=db' });
    expect(refused).toMatchObject({ exit: 1, json: { code: 11 } });
    expect(refused.json.msg).toContain(`${given} stays with Identity db, and container c1 on node "node1"`);
    await call(one, 'DEL', 'c1');
    const more = { args: { cni: { identity: 'db', keep: true } } };
    expect(address(await call(two, 'ADD', 'c2', { more }))).toBe(given);
    await call(one, 'DEL', 'c1');
    await call(two, 'DEL', 'c2', { more });
    const client = openClient(one.socket, 60_000);
    const asked = { node_id: 'node1', container_id: 'c3', pools: ['office'], identity: 'db' };
    expect(await client.call('AllocateIP', asked)).toMatchObject({ ip: given });
    await client.call('ReleaseIP', { container_id: 'c3' });
    client.close();
    expect((await two.cli('get', 'claims', '-o', 'wide')).stdout).toMatch(/172\.16\.4\.\d+ .*Identity +db /);
    expect(await two.cli('lookup', given)).toMatchObject({
      stdout: expect.stringContaining('kept for eth0 of Identity db'),
    });
  });

  it('are let go by name on whichever node, and the answer says what is free', async () => {
    await call(one, 'ADD', 'd1', { args: 'IDENTITY=cache;KEEP=12h' });
    expect(await two.cli('unkeep', 'identity/cache')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/is kept for Identity cache, and container d1 on node "node1" has it/),
    });
    await call(one, 'DEL', 'd1');
    await waitFor('the other daemon to see it parked', async () =>
      (await two.cli('unkeep', 'identity/cache')).exit === 0 ? true : undefined,
    );
    expect(await one.cli('unkeep', 'identity/cache')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('nothing is kept for identity cache'),
    });
    expect(await one.cli('unkeep', 'cache')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('"cache" is neither an address nor the name of somebody'),
    });
  });

  it('are kept for the time that was asked', async () => {
    const given = address(await call(one, 'ADD', 'e1', { args: 'IDENTITY=brief;KEEP=1s' }));
    await call(one, 'DEL', 'e1');
    await waitFor('nothing to be kept for it', async () =>
      (await one.cli('get', 'claims', '-o', 'wide')).stdout.includes('brief') ? undefined : true,
    );
    expect((await one.cli('lookup', given)).stdout).not.toContain('kept for');
  });

  it('race for an address that nobody had before: one has it, and whoever was refused has it later', async () => {
    const at = [one, two, one, two];
    const answers = await Promise.all(at.map((daemon, n) => call(daemon, 'ADD', `r${n}`, { args: 'IDENTITY=raced' })));
    const given = answers.filter(({ exit }) => exit === 0);
    expect(given.length, answers.map(({ stdout }) => stdout).join()).toBe(1);
    for (const { json } of answers.filter(({ exit }) => exit !== 0)) expect(json.code).toBe(11);
    const winner = answers.findIndex(({ exit }) => exit === 0);
    await call(at[winner] ?? one, 'DEL', `r${winner}`);
    const next = at[winner] === one ? two : one;
    expect(address(await call(next, 'ADD', 'r9', { args: 'IDENTITY=raced' }))).toBe(address(given[0] as CniResult));
  });
});
