import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from './pki.ts';
import { callOnce, type Service } from './raw-client.ts';

const pool = {
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderIPPool',
  metadata: { name: 'desks' },
  spec: { subnet: '10.8.0.0/24' },
};

describe('the audit of what was done', async () => {
  const port = await freePort();
  const pki = new Pki();
  const daemon = new DaemonProcess({ args: ['--grpc-addr', `127.0.0.1:${port}`] });
  const uid = process.getuid?.() ?? 0;
  const byTls = (role: string, name: string) => ({ name, role, via: 'tls', address: '127.0.0.1' });
  const bySocket = { name: `uid ${uid}`, role: 'admin', via: 'unix', address: 'unix' };
  const plugin = (command: string) =>
    cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket } },
      { command, containerId: 'runtime', netns: '/var/run/netns/none' },
    );
  const called = async (role: 'operator' | 'admin' | 'node', name: string, request: [Service, string, object]) => {
    const card = role === 'node' ? pki.node(name) : pki.card(role, name);
    expect((await callOnce({ port, from: '127.0.0.1' }, card, request)).status).toBe(0);
  };

  beforeAll(async () => {
    writePki(join(daemon.dataDir, 'pki'), pki, pki.node('node1'));
    writeFileSync(join(daemon.directory, 'pool.json'), JSON.stringify(pool));
    await daemon.start();
  });
  afterAll(() => daemon.remove());

  const attachment = (containerId: string) => ({ attachment: expect.objectContaining({ containerId }) });

  it.each([
    [
      'an allocation over TLS',
      () => called('node', 'node2', ['IPAM', 'AllocateIP', { node_id: 'node2', container_id: 'far' }]),
      { audit: 'allocate', node: 'node2', ...attachment('far'), caller: byTls('node', 'node2') },
    ],
    [
      'each allocation of a batch',
      () => {
        const requests = ['b1', 'b2'].map((container_id) => ({ node_id: 'node3', container_id }));
        return called('operator', 'alice', ['IPAM', 'AllocateIPs', { requests }]);
      },
      { audit: 'allocate', ...attachment('b2'), caller: byTls('operator', 'alice') },
    ],
    [
      'the block that was leased for it',
      async () => {},
      { audit: 'lease', node: 'node3', caller: byTls('operator', 'alice') },
    ],
    [
      'a release',
      () => called('operator', 'bob', ['IPAM', 'ReleaseIP', { container_id: 'far' }]),
      { audit: 'release', ...attachment('far'), caller: byTls('operator', 'bob') },
    ],
    [
      'a CNI call',
      () => plugin('ADD'),
      { audit: 'allocate', ...attachment('runtime'), caller: { ...bySocket, via: 'cni' } },
    ],
    [
      'its end',
      () => plugin('DEL'),
      { audit: 'release', ...attachment('runtime'), caller: { ...bySocket, via: 'cni' } },
    ],
    ['a block, by hand', () => daemon.cli('allocate', 'node9'), { audit: 'lease', node: 'node9', caller: bySocket }],
    [
      'a pool',
      () => daemon.cli('apply', '-f', join(daemon.directory, 'pool.json')),
      { audit: 'apply', kind: 'SpiderIPPool', name: 'desks', outcome: 'created', caller: bySocket },
    ],
    [
      'a deletion',
      () => called('admin', 'root', ['Resources', 'Delete', { kind: 'pool', name: 'desks' }]),
      { audit: 'delete', kind: 'SpiderIPPool', name: 'desks', caller: byTls('admin', 'root') },
    ],
    [
      'a quarantine',
      () => called('operator', 'alice', ['IPAM', 'QuarantineIP', { ip: '10.244.0.77', reason: 'conflict' }]),
      { audit: 'quarantine', ip: '10.244.0.77', reason: 'conflict', caller: byTls('operator', 'alice') },
    ],
    [
      'a node that is forgotten',
      () => called('operator', 'alice', ['IPAM', 'ForgetNode', { node_id: 'node9', force: true }]),
      { audit: 'forget-node', node: 'node9', caller: byTls('operator', 'alice') },
    ],
  ] as const)('names the caller of %s', async (_what, act, line) => {
    await act();
    const lines = () =>
      daemon.log
        .split('\n')
        .slice(0, -1)
        .filter((text) => text.includes('"audit":"'))
        .map((text) => JSON.parse(text) as object);
    await waitFor(
      'its line',
      () => {
        try {
          expect(lines()).toContainEqual(expect.objectContaining(line));
          return true;
        } catch {
          return undefined;
        }
      },
      20_000,
    ).catch(() => expect(lines()).toContainEqual(expect.objectContaining(line)));
  });
});
