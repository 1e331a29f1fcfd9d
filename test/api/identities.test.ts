import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';

const pool = JSON.stringify({
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderIPPool',
  metadata: { name: 'office' },
  spec: { subnet: '172.16.4.0/24', ips: ['172.16.4.100-172.16.4.111'] },
});

describe('identities of a node by itself', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.40.0.0/16' });

  beforeAll(async () => {
    await daemon.start();
    writeFileSync(join(daemon.directory, 'pool.json'), pool);
    expect(await daemon.cli('apply', '-f', join(daemon.directory, 'pool.json'))).toMatchObject({ exit: 0 });
  });
  afterAll(() => daemon.remove());

  const call = (command: string, containerId: string, args: string, pools: readonly string[] = ['office']) => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, pools };
    return cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', ipam },
      { command, containerId, netns: '/run/x', args },
    );
  };

  it('have their addresses again after a crash of the daemon, whatever others get meanwhile', async () => {
    const given = (await call('ADD', 'c1', 'IDENTITY=db')).json.ips?.[0]?.address;
    expect(given).toMatch(/^172\.16\.4\./);
    await call('DEL', 'c1', '');
    await daemon.crash();
    await daemon.start();
    for (let n = 0; n < 11; n += 1) expect((await call('ADD', `x${n}`, '')).json.ips?.[0]?.address).not.toBe(given);
    expect((await call('ADD', 'x11', '')).json).toMatchObject({ code: 100 });
    expect((await call('ADD', 'c2', 'IDENTITY=db')).json.ips?.[0]?.address).toBe(given);
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
    await call('DEL', 'c2', '');
    const [address = ''] = (given ?? '').split('/');
    expect(await daemon.cli('unkeep', address)).toMatchObject({ exit: 0, stdout: `free again: ${address}\n` });
    expect(await daemon.cli('unkeep', address, '-o', 'json')).toMatchObject({ exit: 4 });
  });

  it('are refused by gRPC, by CNI_ARGS and of pools with blocks, each with what to do', async () => {
    const client = openClient(daemon.socket, 60_000);
    const asked = { node_id: 'node1', container_id: 'g1', pools: ['office'] };
    await expect(client.call('AllocateIP', { ...asked, identity: 'a/b' })).rejects.toThrow(
      'the call: identity "a/b" is not the name of an identity',
    );
    await expect(client.call('AllocateIP', { ...asked, keep: 'true' })).rejects.toThrow(
      'the call: the address is to stay, and nobody is named for whom',
    );
    await expect(client.call('ReleaseIdentity', {})).rejects.toThrow('ip, identity or pod');
    client.close();
    expect((await call('ADD', 'g2', 'IDENTITY=db;KEEP=ever')).json).toMatchObject({
      code: 4,
      msg: 'CNI_ARGS: KEEP "ever" says neither whether nor how long',
    });
    const inBlocks = (await call('ADD', 'g3', 'IDENTITY=db', ['cluster-ipv4'])).json;
    expect(inBlocks.msg).toContain('an address of a block goes with its node: "cluster-ipv4" leases blocks');
  });
});
