import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { waitFor } from '../kit/wait.ts';

interface Range {
  readonly subnet: string;
  readonly rangeStart?: string;
  readonly rangeEnd?: string;
  readonly gateway?: string;
}

const low: Range = { subnet: '10.45.0.0/24', rangeStart: '10.45.0.10', rangeEnd: '10.45.0.19', gateway: '10.45.0.1' };
const high: Range = {
  subnet: '10.45.0.0/24',
  rangeStart: '10.45.0.30',
  rangeEnd: '10.45.0.39',
  gateway: '10.45.0.254',
};

/** The files of host-local's users, on two nodes that share a store. */
describe('a network with ranges on two nodes of one etcd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-etcd-ranges-'));
  let etcd: EtcdCluster;
  let daemons: readonly DaemonProcess[] = [];

  beforeAll(async () => {
    etcd = await startEtcd();
    const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--store-engine', 'etcd'];
    daemons = ['node1', 'node2'].map((node) => new DaemonProcess({ node, clusterCidr: '10.40.0.0/16', args }));
    await Promise.all(daemons.map((daemon) => daemon.start()));
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await etcd.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const daemon = (at: number): DaemonProcess => daemons[at] as DaemonProcess;
  const call = (at: number, command: string, containerId: string, name: string, range: Range, more: object = {}) => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon(at).socket, ranges: [[range]], ...more };
    const network = { cniVersion: '1.0.0', name, type: 'macvlan', master: 'eth0', ipam };
    return cni('ipam-plugin', network, { command, containerId, netns: directory });
  };
  const add = async (at: number, id: string, name: string, range: Range, more?: object): Promise<string> =>
    told(await call(at, 'ADD', id, name, range, more));
  const told = ({ json, stdout }: CniResult): string => {
    const [ip] = json.ips ?? [];
    return ip === undefined ? stdout : `${ip.address} via ${ip.gateway}`;
  };
  const pools = async (): Promise<string> => (await daemon(0).cli('pools')).stdout;

  it('gives each node addresses of its own range with its own gateway, whichever comes first', async () => {
    const given = await Promise.all(
      Array.from({ length: 20 }, (_, n) => add(n % 2, `own-${n}`, 'macvlan-conf', n % 2 === 0 ? low : high)),
    );
    for (const [n, text] of given.entries()) {
      expect(text).toMatch(
        n % 2 === 0 ? /^10\.45\.0\.1\d\/24 via 10\.45\.0\.1$/ : /^10\.45\.0\.3\d\/24 via 10\.45\.0\.254$/,
      );
    }
    expect(new Set(given).size).toBe(20);
    const full = await call(1, 'ADD', 'one-more', 'macvlan-conf', high);
    expect(full.json.msg).toMatch(/range 10\.45\.0\.30-10\.45\.0\.39 of network "macvlan-conf" has 10 of 10 in use/);
    for (const at of [0, 1]) expect(await daemon(at).cli('check', '--local')).toMatchObject({ exit: 0 });
    await daemon(1).stop();
    await daemon(1).start();
    expect(await call(1, 'DEL', 'own-1', 'macvlan-conf', high)).toMatchObject({ exit: 0 });
    expect(await add(1, 'again', 'macvlan-conf', high)).toMatch(/^10\.45\.0\.3\d\/24 via 10\.45\.0\.254$/);
  });

  it('gives each address to one of them where both have the same file, and to both in scopes that never meet', async () => {
    const range: Range = { subnet: '10.88.0.0/28' };
    const given = await Promise.all(Array.from({ length: 13 }, (_, n) => add(n % 2, `same-${n}`, 'podman', range)));
    expect(new Set(given).size).toBe(13);
    const scoped = await Promise.all(
      [0, 1].map((at) =>
        add(
          at,
          `scoped-${at}`,
          `net-${at}`,
          { ...range, rangeStart: '10.88.0.5', rangeEnd: '10.88.0.5' },
          { network_name: `blue-${at}` },
        ),
      ),
    );
    expect(scoped).toEqual(['10.88.0.5/28 via 10.88.0.1', '10.88.0.5/28 via 10.88.0.1']);
  });

  it('follows a file that is written anew while Pods run, and leaves nothing behind', async () => {
    const before: Range = { subnet: '10.46.0.0/24', rangeEnd: '10.46.0.9' };
    const held = await add(0, 'old', 'office', before);
    for (const [n, after] of [
      { subnet: '10.46.0.0/23' },
      { subnet: '10.46.0.0/24', rangeStart: '10.46.0.7', rangeEnd: '10.46.0.8' },
      { subnet: '10.47.0.0/24' },
    ].entries()) {
      expect(await add(0, `new-${n}`, 'office', after)).toMatch(/via 10\.4[67]\.0\.1$/);
      expect(await call(0, 'DEL', `new-${n}`, 'office', after)).toMatchObject({ exit: 0 });
    }
    expect((await daemon(0).cli('lookup', held.split('/')[0] ?? '')).stdout).toContain('old');
    expect(held).toMatch(/^10\.46\.0\.[2-9]\/24 via 10\.46\.0\.1$/);
    expect(await call(0, 'DEL', 'old', 'office', before)).toMatchObject({ exit: 0 });
    expect(await pools()).toContain('cni-office-');
    await waitFor(
      'the pools of ranges that nobody uses to go',
      async () => ((await pools()).includes('cni-office-') ? undefined : true),
      120_000,
    );
    expect(await daemon(0).cli('check', '--local')).toMatchObject({ exit: 0 });
  });
});
