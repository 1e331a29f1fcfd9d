import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { cni } from '../kit/cni.ts';
import { httpStatus } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { CliWorld, networkOf, poolText } from './cli-world.ts';

describe('ipam-cli against a real daemon', () => {
  const world = new CliWorld();
  const { daemon, directory, cli, manifest } = world;

  beforeAll(() => daemon.start());
  afterAll(() => world.remove());

  it('leases a block to a node, shows it, and hands it back', async () => {
    expect((await cli('allocate', 'node7')).stdout).toMatch(
      /CIDR +NODE +POOL +TOTAL +USED +AVAILABLE +USAGE +AGE\n10\.244\.0\.0\/24 +node7 +cluster-ipv4 +253 +0 +253 +0\.0%/,
    );
    expect(JSON.parse((await cli('blocks', 'node7', '-o', 'json')).stdout)).toMatchObject([
      { cidr: '10.244.0.0/24', node_id: 'node7', total: 253, used: 0 },
    ]);
    expect((await cli('stats')).stdout).toMatch(/Pool Statistics:\n {2}Nodes: +1\n {2}Blocks: +1\n {2}Addresses: +253/);
    expect(await cli('release', 'node7', '10.244.0.0/24')).toMatchObject({
      exit: 0,
      stdout: 'block 10.244.0.0/24 released from node "node7"\n',
    });
    expect(await cli('release', 'node7', '10.244.0.0/24')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('does not lease block 10.244.0.0/24: nobody leases it'),
    });
    expect(await cli('release', 'node7', '10.244.0.1/24')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('host bits are set'),
    });
  });

  it('shows who holds an address, and does not hand back a block in use', async () => {
    const args = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0';
    await cni('ipam-plugin', networkOf(daemon.socket), {
      command: 'ADD',
      containerId: 'abc',
      netns: '/var/run/netns/x',
      args,
    });
    for (const subject of ['10.244.0.2', 'abc', 'shop/web-0']) {
      expect((await cli('lookup', subject)).stdout).toMatch(
        /10\.244\.0\.2\/24 +shop\/web-0 +abc +eth0 +node1 +cluster-ipv4/,
      );
    }
    expect(await cli('lookup', '10.244.0.99')).toMatchObject({ exit: 4 });
    expect(JSON.parse((await cli('addresses', '--namespace', 'shop', '-o', 'json')).stdout)).toHaveLength(1);
    expect(await cli('release', 'node1', '10.244.0.0/24')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('still has 1 addresses in use'),
    });
    expect(await cli('forget', 'node1')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("is this daemon's own and is not forgotten"),
    });
    expect((await cli('forget', 'gone', '--force')).stdout).toContain('0 blocks and 0 claims');
    expect((await cli('addresses', '-o', 'wide')).stdout).toContain('/var/run/netns/x');
    expect((await cli('addresses', '-o', 'yaml')).stdout).toContain('container_id: abc');
    await cni('ipam-plugin', networkOf(daemon.socket), { command: 'DEL', containerId: 'abc' });
    expect((await cli('stats', '-o', 'json')).stdout).toContain('"cooling_down_ips": 1');
  });

  it('writes what whoever helps from afar needs to see', async () => {
    const archive = join(directory, 'case.tar.gz');
    const { exit, stdout, stderr } = await cli('bundle', archive);
    expect({ exit, stdout, stderr }).toMatchObject({
      ...{ exit: 0, stderr: '' },
      stdout: expect.stringContaining('check.json'),
    });
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', directory]);
    const read = (name: string): string => readFileSync(join(directory, 'case', name), 'utf8');
    expect(JSON.parse(read('about.json'))).toMatchObject({ daemon: { node_id: 'node1' } });
    expect(JSON.parse(read('check.json'))).toMatchObject({ violations: [] });
    expect(JSON.parse(read('objects-SpiderIPPool.json'))).toMatchObject({ items: [{ kind: 'SpiderIPPool' }] });
    expect(read('metrics.txt')).toContain('ipam_attachments');
    expect(JSON.parse(read('health.json'))).toMatchObject({ status: 'ready' });
  });

  it('says by its exit status and on standard error what went wrong', async () => {
    expect(await cli('nonsense')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("unknown command 'nonsense'"),
    });
    expect(await cli('stats', '-o', 'xml')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/-o xml: there is no such format\n.*table, wide, json, yaml, name, jsonpath/),
    });
    expect(await cli('get', 'planet')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('unknown kind "planet"'),
    });
    expect(await cli('apply', '-f', '/nowhere.yaml')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('/nowhere.yaml'),
    });
    const away = await run(join(bin, 'ipam-cli'), [
      '--daemon',
      '/nowhere/ipam.sock',
      '--timeout',
      '2',
      '-o',
      'json',
      'stats',
    ]);
    expect(away.exit).toBe(5);
    expect(JSON.parse(away.stderr)).toMatchObject({
      code: 'unreachable',
      error: expect.stringContaining('/nowhere/ipam.sock'),
    });
    expect(await cli('--help')).toMatchObject({ exit: 0, stdout: expect.stringContaining('Exit status:') });
    expect(await cli('version')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/ipam-daemon +\d+\.\d+\.\d+ \(node node1\)/),
    });
  });

  it('puts an address into quarantine, says who holds it, and lifts it again', async () => {
    await cli('apply', '-f', manifest('lab.json', poolText('lab', { subnet: '10.91.0.0/29', gateway: '10.91.0.1' })));
    const client = openClient(daemon.socket, 60_000);
    try {
      const pools = ['lab'];
      const node_id = 'n9';
      const { ip } = await client.call('AllocateIP', { node_id, container_id: 'lab1', pools });
      expect(await cli('quarantine', ip, '--reason', 'answers ARP', '--for', '7d')).toMatchObject({
        exit: 0,
        stdout: `address ${ip} is in quarantine; container lab1 of no Pod on node "n9" holds it until it is deleted\n`,
      });
      expect((await cli('get', 'reservedip', '-o', 'wide')).stdout).toMatch(
        /QUARANTINE +UNTIL[\s\S]*answers ARP +\d{4}-/,
      );
      await client.call('ReleaseIP', { container_id: 'lab1' });
      await expect(
        client.call('AllocateIP', { node_id, container_id: 'lab2', pools, ips: [ip] }),
      ).rejects.toMatchObject({ message: expect.stringContaining('is in quarantine: answers ARP') });
      expect(await cli('check')).toMatchObject({ exit: 0 });
      expect(await cli('lift', ip)).toMatchObject({ exit: 0, stdout: `address ${ip} may be given out again\n` });
      expect(await client.call('AllocateIP', { node_id, container_id: 'lab2', pools, ips: [ip] })).toMatchObject({
        ip,
      });
      await client.call('ReleaseIP', { container_id: 'lab2' });
    } finally {
      client.close();
    }
    expect(await cli('lift', '10.91.0.2')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('not in quarantine'),
    });
    expect(await cli('quarantine', '192.0.2.1', '--reason', 'x')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('no pool has the address 192.0.2.1'),
    });
    expect(await cli('quarantine', '10.91.0.2', '--reason', 'x', '--for', 'long')).toMatchObject({ exit: 2 });
    expect(await cli('delete', 'pool', 'lab')).toMatchObject({ exit: 0 });
  });

  it('says of a watch and a bad timeout what is wrong', async () => {
    const away = await run(join(bin, 'ipam-cli'), ['--daemon', '/nowhere/ipam.sock', 'watch']);
    expect(away).toMatchObject({ exit: 5, stderr: expect.stringContaining('does not answer') });
    expect(await cli('--timeout', 'abc', 'stats')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--timeout abc'),
    });
  });

  it('answers health checks, and ends in good order', async () => {
    expect(await httpStatus(daemon.socket, '/healthz')).toBe(200);
    expect(await httpStatus(daemon.socket, '/readyz')).toBe(200);
    expect(await httpStatus(daemon.socket, '/metrics')).toBe(200);
    expect(await cli('check')).toMatchObject({ exit: 0 });
    expect(await daemon.stop()).toBe(0);
  });
});
