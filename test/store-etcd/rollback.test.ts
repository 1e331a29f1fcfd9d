import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { type EtcdCluster, type EtcdProcess, startEtcd } from '../kit/etcd.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { writePool } from '../kit/write-pool.ts';

const rounds = 3;
/** Containers of each daemon before the copy is made, and after it. */
const [before, after] = [4, 5];

/** Both daemons give addresses of it one by one, and it is nearly full: who gives twice is soon found out. */
const pool = (round: number) => ({
  subnet: `172.16.${round}.0/24`,
  ips: [`172.16.${round}.100-172.16.${round}.123`],
});

/** How etcd comes to be what it was. */
const ways: Readonly<Record<string, (etcd: EtcdProcess, copy: string) => Promise<() => Promise<void>>>> = {
  'files of an hour ago': async (etcd, copy) => {
    await etcd.stop();
    cpSync(join(etcd.directory, 'data'), copy, { recursive: true });
    await etcd.start();
    return async () => {
      await etcd.kill();
      rmSync(join(etcd.directory, 'data'), { recursive: true });
      cpSync(copy, join(etcd.directory, 'data'), { recursive: true });
      await etcd.start();
    };
  },
  'a snapshot that is restored': async (etcd, copy) => {
    const etcdctl = (...args: readonly string[]) =>
      run('etcdctl', [...args], { env: { ...process.env, ETCDCTL_API: '3' } });
    expect(await etcdctl('--endpoints', etcd.endpoint, 'snapshot', 'save', copy)).toMatchObject({ exit: 0 });
    return async () => {
      await etcd.kill();
      const data = join(etcd.directory, 'data');
      rmSync(data, { recursive: true });
      const names = ['--name', etcd.name, '--initial-cluster', `${etcd.name}=${etcd.peerUrl}`];
      const restored = await etcdctl(
        'snapshot',
        'restore',
        copy,
        '--data-dir',
        data,
        ...names,
        '--initial-advertise-peer-urls',
        etcd.peerUrl,
      );
      expect(restored, restored.stderr).toMatchObject({ exit: 0 });
      await etcd.start();
    };
  },
};

describe.each(Object.entries(ways))('two daemons whose etcd becomes what it was: %s', (_what, prepare) => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-rollback-'));
  let etcd: EtcdCluster;
  let daemons: readonly DaemonProcess[] = [];

  beforeAll(async () => {
    etcd = await startEtcd();
    const args = ['--etcd-endpoints', etcd.endpoints.join(','), '--block-size', '28'];
    // Blocks of one pool, four of them: two are left when each has one.
    daemons = ['node1', 'node2'].map((node) => new DaemonProcess({ node, clusterCidr: '10.40.0.0/26', args }));
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

  it(`give no address twice, with one of them hung meanwhile, in ${rounds} rounds`, { timeout: 600_000 }, async () => {
    const [first, second] = daemons as readonly [DaemonProcess, DaemonProcess];
    const [member] = etcd.members as readonly [EtcdProcess];
    const held = new Map<string, string>();
    for (let round = 1; round <= rounds; round += 1) {
      const name = `office${round}`;
      await writePool(first, name, pool(round));
      await waitFor('the other daemon to know the pool', async () =>
        (await second.cli('pools')).stdout.includes(name) ? true : undefined,
      );
      const duplicates: string[] = [];
      const told = (containerId: string, { exit, json }: CniResult): void => {
        if (exit !== 0) return;
        for (const { address } of json.ips ?? []) {
          const other = held.get(address);
          if (other !== undefined && other !== containerId) duplicates.push(`${address}: ${other} and ${containerId}`);
          held.set(address, containerId);
        }
      };
      const add = async (at: number, containerId: string, pools?: readonly string[]): Promise<void> =>
        told(containerId, await call(at, 'ADD', containerId, pools));
      const both = (label: string, count: number): Promise<unknown> =>
        Promise.all(Array.from({ length: 2 * count }, (_, n) => add(n % 2, `${label}-${round}-${n}`, [name])));

      // What went before is settled as far as new claims go.
      for (const at of [0, 1]) {
        await waitFor('a daemon to claim', async () => {
          await add(at, `first-${round}-${at}`, [name]);
          return held.values().some((containerId) => containerId === `first-${round}-${at}`) ? true : undefined;
        });
      }
      await both('before', before);
      const restore = await prepare(member, join(directory, `copy${round}`));
      await both('after', after);
      await Promise.all([0, 1].map((at) => add(at, `block-${round}-${at}`)));
      // What only its holder has seen when the store goes away is another matter (decision 31).
      await waitFor('the daemon that runs to know of all claims', async () => {
        const { stdout } = await first.cli('pools', '-o', 'json');
        const known = JSON.parse(stdout) as readonly { name: string; used: number | string }[];
        const used = Number(known.find((one) => one.name === name)?.used);
        return used ===
          held
            .keys()
            .filter((address) => address.startsWith(`172.16.${round}.`))
            .toArray().length
          ? true
          : undefined;
      });
      second.signal('SIGSTOP');
      await restore();
      // The one that runs is asked for more than is left, while the other one hangs and when it is back.
      const asking = new AbortController();
      let asks = 0;
      const asked = (async () => {
        for (; !asking.signal.aborted; asks += 2) {
          await Promise.all([0, 1].map((n) => add(0, `more-${round}-${asks + n}`, [name])));
        }
      })();
      await waitFor('the daemon that runs to be asked a hundred times', () => (asks >= 100 ? true : undefined));
      second.signal('SIGCONT');
      const isClaimed = async (): Promise<true | undefined> => {
        const { stdout } = await first.cli('get', 'ipclaim');
        const addresses = [...held.keys()].filter((address) => address.startsWith(`172.16.${round}.`));
        return addresses.every((address) => stdout.includes(address.split('/')[0] ?? '')) ? true : undefined;
      };
      const claimed = await waitFor('the store to have all claims again', isClaimed).catch(
        (error: Error) => error.message,
      );
      asking.abort();
      await asked;
      expect(duplicates, `round ${round}`).toEqual([]);
      expect(claimed).toBe(true);
      expect((await first.cli('check', '--local')).stdout).toContain('went back at');
      expect(await httpText(first.socket, '/metrics')).toContain('ipam_store_settling 1');
    }
  });
});
