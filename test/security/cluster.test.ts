import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientSocketPath } from '../../src/members/etcd-arguments.ts';
import { raftFolder } from '../../src/members/member-file.ts';
import { memberName } from '../../src/tls/identity.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { waitFor } from '../kit/wait.ts';
import { clusterAttacks } from './cluster-attacks.ts';
import { agentNames, ClusterWorld, certs, memberNames } from './cluster-world.ts';
import { Pki, writePki } from './pki.ts';

const everybody = [...memberNames, ...agentNames];

describe.skipIf(needsRoot !== '')(asRoot('a cluster with certificates'), { timeout: 300_000 }, () => {
  const world = new ClusterWorld();
  const { cluster } = world;
  beforeAll(() => world.start(), 300_000);
  afterAll(() => world.remove());

  it('forms over mTLS', async () => {
    const list = await cluster.list(cluster.get('ipam-3'));
    expect(list.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'ipam-1 10.77.0.1:7000',
      'ipam-2 10.77.0.2:7000',
      'ipam-3 10.77.0.3:7000',
    ]);
  });

  it('serves members and agents, of blocks and of a shared pool', async () => {
    const addresses = await Promise.all(
      everybody.flatMap((name) => [world.allocate(name, ''), world.allocate(name, 'shared')]),
    );
    expect(new Set(addresses).size).toBe(10);
    expect(addresses.filter((address) => address.startsWith('10.60.'))).toHaveLength(5);
  });

  it.each(clusterAttacks)('$attack: $answer', async ({ run, answer, audit }) => {
    const before = world.refusals('ipam-2').length;
    expect(await run(world)).toBe(answer);
    await world.waitForAudit('ipam-2', audit, before);
  });

  it.each(memberNames)('leaves the etcd of %s to the user of its daemon', async (name) => {
    const { daemon, namespace } = cluster.get(name);
    expect(statSync(clientSocketPath(daemon.dataDir)).mode & 0o777).toBe(0o700);
    expect(statSync(join(daemon.dataDir, raftFolder)).mode & 0o777).toBe(0o700);
    const listening = await namespace.exec('ss', '-Hltn');
    const ports = listening.split('\n').flatMap((line) => /:(\d+)\s/.exec(line)?.[1] ?? []);
    expect(ports.toSorted()).toEqual(['7000', '7001', '9090']);
  });

  it('takes new certificates while everything runs', async () => {
    const stop = world.traffic('ipam-1', 'ipam-2', ...agentNames);
    for (const name of everybody) {
      await certs('renew', join(world.pki, name), '--new-key', '--dir', world.pki);
      world.deliver(name);
    }
    await showsNew('ipam-2');
    const { count, failures } = await stop();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });

  it('takes a new authority, and lets go of the former, while everything runs', async () => {
    const stop = world.traffic('ipam-1', 'ipam-2', ...agentNames);
    const second = join(world.directory, 'second');
    const former = world.card('alice');
    await certs('init', '--dir', second);
    await trustEverywhere(world.pki, second);
    for (const name of [...everybody, 'alice']) await certs('renew', join(world.pki, name), '--dir', second);
    for (const name of everybody) world.deliver(name, 'tls.crt');
    await showsNew('ipam-2');
    await trustEverywhere(second);
    await waitFor('the former authority to be trusted no more', async () => {
      const { status } = await world.call('ipam-2', 7000, former, ['IPAM', 'GetVersion', {}]);
      return status === 'cut' ? true : undefined;
    });
    expect((await world.call('ipam-2', 7000, world.card('alice'), ['IPAM', 'GetVersion', {}])).status).toBe(0);
    await cluster.voters(3);
    for (const name of agentNames) await world.allocate(name, 'shared');
    const { failures } = await stop();
    expect(failures).toEqual([]);
    expect((await cluster.get('ipam-1').daemon.cli('check')).exit).toBe(0);
  });

  /** Waits until a member shows the certificate of its folder on both of its ports. */
  async function showsNew(name: string): Promise<void> {
    const { serialNumber } = new X509Certificate(world.card(name).cert);
    for (const port of [7000, 7001] as const) {
      await waitFor(`the new certificate on ${port}`, async () =>
        (await world.shown(name, port, world.card('ipam-1'))) === serialNumber ? true : undefined,
      );
    }
  }

  /** Waits until etcd has taken them too. */
  async function trustEverywhere(...pkis: readonly string[]): Promise<void> {
    const before = new Map<string, number>();
    for (const name of memberNames) before.set(name, await cluster.get(name).etcdPid());
    for (const name of everybody) world.trust(name, ...pkis);
    for (const name of memberNames) await cluster.get(name).etcdPid(before.get(name));
    await cluster.voters(3);
  }
});

describe('an agent', () => {
  const pki = new Pki();

  it.each([
    ['of the role of a node', () => pki.node('eve', { hosts: [memberName, '127.0.0.1'] })],
    ['of a name that is no member’s', () => pki.card('member', 'eve', { uses: ['server', 'client'], hosts: ['eve'] })],
    [
      'of another authority',
      () => new Pki().card('member', 'eve', { uses: ['server', 'client'], hosts: [memberName] }),
    ],
  ] as const)('believes no member with a certificate %s', async (_what, card) => {
    const asked: string[] = [];
    const app = createServer();
    app.on('stream', (stream, headers) => {
      asked.push(String(headers[':path']));
      stream.close();
    });
    let left = 0;
    const server = createTlsServer({ ...card(), ALPNProtocols: ['h2'] }, (stream) => app.emit('connection', stream));
    server.on('connection', (socket) => {
      socket.once('close', () => {
        left += 1;
      });
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const agent = new DaemonProcess({ clusterCidr: '', args: ['--agent', `--join=127.0.0.1:${port}`] });
    try {
      writePki(join(agent.dataDir, 'pki'), pki, pki.node('node1'));
      agent.spawn();
      await waitFor('the agent to have left', () => (left > 0 ? true : undefined));
      expect(asked).toEqual([]);
    } finally {
      await agent.remove();
      server.close();
    }
  });
});
