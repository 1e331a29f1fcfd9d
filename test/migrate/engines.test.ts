import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { install } from '../cluster/installed.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { startEtcd } from '../kit/etcd.ts';
import { freePort } from '../kit/free-port.ts';
import { Random } from '../kit/random.ts';
import { waitFor } from '../kit/wait.ts';
import { type Attached, holdings, migrate, migrateAndKill, onEtcd, onKubernetes, Runtime } from './kit.ts';

const reason = needsControlPlane();
const ranges = [[{ subnet: '10.9.0.0/24', rangeStart: '10.9.0.10', rangeEnd: '10.9.0.200' }]];
const networks = { blocks: {}, shared: { ranges } };

describe('a migration between engines', { timeout: 600_000 }, () => {
  const controlPlane = new ControlPlane();
  const directory = mkdtempSync(join(tmpdir(), 'berth-migrate-'));
  const running: DaemonProcess[] = [];
  const started = async (daemon: DaemonProcess): Promise<DaemonProcess> => {
    running.push(daemon);
    await daemon.start();
    return daemon;
  };
  beforeEach(async (context) => {
    context.skip(reason !== '', reason);
    // What a test moved away is history that no other test is to meet.
    await controlPlane.kubectl('delete', 'ipclaims,ipblocks,spiderippools', '--all');
  });
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
  });
  afterAll(async () => {
    for (const daemon of running) await daemon.remove();
    await controlPlane.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const api = async (path: string) => JSON.parse((await controlPlane.kubectl('get', path, '-o', 'json')) as string);

  it('moves a machine to a cluster and back, killed at any moment; containers keep their addresses', async () => {
    const embedded = await started(new DaemonProcess({ clusterCidr: '10.244.0.0/16' }));
    const first = new Runtime(embedded.socket, networks, true);
    const attached: Attached[] = [];
    for (let i = 0; i < 30; i += 1) attached.push(await first.add(i % 3 === 0 ? 'blocks' : 'shared', `c${i}`));
    const gone = attached.splice(0, 3);
    for (const one of gone) await first.del(one);
    const before = await holdings(embedded);
    const [from, to] = [`embedded:${embedded.dataDir}`, `kubernetes:${controlPlane.kubeconfig()}`];
    const refused = await migrate(from, to);
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('another daemon uses the data') });
    await embedded.stop();

    const plan = await migrate(from, to, '--dry-run', '-o', 'json');
    expect(JSON.parse(plan.stdout)).toMatchObject({ outcome: 'planned', conflicts: [] });
    expect((await api('ipclaims')).items).toEqual([]);

    const random = new Random(7);
    let kills = 0;
    for (let end: number | undefined; end === undefined; kills += end === undefined ? 1 : 0) {
      // Longer by a share each time: a slow machine gets there too.
      end = await migrateAndKill(from, to, (200 + random.below(300)) * 1.25 ** kills);
      expect(end ?? 0).toBe(0);
    }
    expect(kills).toBeGreaterThan(0);
    const again = await migrate(from, to, '-o', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'finished-before' });
    expect((await api('ipclaims')).items).toHaveLength(attached.filter(({ network }) => network === 'shared').length);

    const onCluster = await started(onKubernetes(embedded, 'node1', controlPlane.kubeconfig()));
    expect(await holdings(onCluster)).toEqual(before);
    expect((await onCluster.cli('check')).stdout).toContain('all invariants hold');
    const second = new Runtime(onCluster.socket, networks);
    const [kept, ended] = [
      attached[0] as Attached,
      attached.filter(({ network }) => network === 'shared')[0] as Attached,
    ];
    expect(await second.add(kept.network, kept.containerId)).toEqual(kept);
    await second.del(ended);
    const fresh = [await second.add('shared', 'new-1'), await second.add('blocks', 'new-2')];
    const held = new Set(before.map((text) => text.split(' ')[0]));
    for (const one of fresh) for (const address of one.addresses) expect(held).not.toContain(address);

    // The machine that was left gives nothing out, even when its daemon is started by mistake.
    const after = await holdings(onCluster);
    await onCluster.stop();
    await embedded.start();
    expect(await first.tryAdd('shared', 'stray')).toBeUndefined();
    expect(await first.tryAdd('blocks', 'stray')).toBeUndefined();
    await embedded.stop();

    const back = await migrate(to, from, '-o', 'json');
    expect(back, back.stderr).toMatchObject({ exit: 0 });
    await embedded.start();
    expect(await holdings(embedded)).toEqual(after);
    for (const one of fresh) await first.del(one);
    expect((await first.add('shared', 'new-3')).addresses).toHaveLength(1);
    expect((await embedded.cli('check')).stdout).toContain('all invariants hold');
  });

  it('gives no address twice while daemons go on adding and deleting, and are switched over one by one', async () => {
    const other = await startEtcd({ size: 1 });
    try {
      const nodes = ['loop1', 'loop2'];
      const daemons = nodes.map((node) =>
        onKubernetes(new DaemonProcess({ dataDir: join(directory, node) }), node, controlPlane.kubeconfig()),
      );
      for (const daemon of daemons) await started(daemon);
      const pool = { subnet: '10.50.0.0/24', ips: ['10.50.0.10-10.50.0.120'] };
      const routed = { subnet: '10.51.0.0/16', blockSize: 28 };
      for (const [name, spec] of Object.entries({ flat: pool, routed })) {
        await controlPlane.apply({
          apiVersion: 'spiderpool.spidernet.io/v2beta1',
          kind: 'SpiderIPPool',
          metadata: { name },
          spec,
        });
      }
      const sections = { flat: { pools: ['flat'] }, routed: { pools: ['routed'] } };
      /** Who has each address now, over all nodes: what runtimes would see. */
      const live = new Map<string, string>();
      const twice: string[] = [];
      const added = new Map<DaemonProcess, number>();
      let going = true;
      const serving = daemons.map((daemon) => ({ daemon, runtime: new Runtime(daemon.socket, sections) }));
      const loop = async (index: number): Promise<void> => {
        const random = new Random(index);
        const mine: Attached[] = [];
        for (let n = 0; going; n += 1) {
          const { daemon, runtime } = serving[index % nodes.length] as (typeof serving)[number];
          const oldest = mine.length > 12 || (mine.length > 4 && random.next() < 0.3) ? mine.shift() : undefined;
          if (oldest !== undefined) {
            for (const address of oldest.addresses) live.delete(address);
            await runtime.del(oldest).catch(() => {
              // The daemon is away: the container has ended all the same, and its DEL comes again.
              mine.unshift(oldest);
              for (const address of oldest.addresses) live.set(address, oldest.containerId);
            });
            continue;
          }
          const one = await runtime.tryAdd(n % 2 === 0 ? 'flat' : 'routed', `loop${index}-${n}`);
          if (one === undefined) continue;
          mine.push(one);
          added.set(daemon, (added.get(daemon) ?? 0) + 1);
          for (const address of one.addresses) {
            if (live.has(address)) twice.push(`${address}: ${live.get(address)} and ${one.containerId}`);
            live.set(address, one.containerId);
          }
        }
      };
      const loops = [0, 1, 2, 3].map((index) => loop(index));
      await waitFor('some containers', () => (live.size > 20 ? true : undefined));
      const [from, to] = [`kubernetes:${controlPlane.kubeconfig()}`, `etcd:${other.endpoints.join(',')}`];
      expect(await migrateAndKill(from, to, 2_000)).toBeUndefined();
      const done = await migrate(from, to);
      expect(done, done.stderr).toMatchObject({ exit: 0 });
      for (const [index, node] of nodes.entries()) {
        const former = serving[index]?.daemon as DaemonProcess;
        await former.stop();
        const daemon = await started(onEtcd(former, node, other.endpoints));
        serving[index] = { daemon, runtime: new Runtime(daemon.socket, sections) };
        // Calls to the former socket go on for as long as an executable waits for its daemon, a quarter of a minute.
        await waitFor('containers on the new engine', () => ((added.get(daemon) ?? 0) > 5 ? true : undefined));
      }
      going = false;
      await Promise.all(loops);
      expect(twice).toEqual([]);
      const held = (await Promise.all(serving.map(({ daemon }) => holdings(daemon)))).flat().sort();
      expect(held).toEqual([...live].map(([address, holder]) => `${address} ${holder}`).sort());
      for (const { daemon } of serving) expect((await daemon.cli('check')).stdout).toContain('all invariants hold');

      for (const { daemon } of serving) await daemon.stop();
      const back = await migrate(to, from);
      expect(back, back.stderr).toMatchObject({ exit: 0 });
      for (const daemon of daemons) await daemon.start();
      expect((await Promise.all(daemons.map(holdings))).flat().sort()).toEqual(held);
    } finally {
      await other.dispose();
    }
  });

  it('moves a machine to an etcd and back, killed at any moment', async () => {
    const etcd = await startEtcd({ size: 1 });
    try {
      const embedded = await started(new DaemonProcess({ clusterCidr: '10.244.0.0/16,fd00:244::/56' }));
      const runtime = new Runtime(embedded.socket, networks);
      for (let i = 0; i < 20; i += 1) await runtime.add(i % 2 === 0 ? 'blocks' : 'shared', `e${i}`);
      const before = await holdings(embedded);
      await embedded.stop();
      const [from, to] = [`embedded:${embedded.dataDir}`, `etcd:${etcd.endpoints.join(',')}`];
      const random = new Random(11);
      let end: number | undefined;
      for (let wait = 300; end === undefined; wait *= 1.25)
        end = await migrateAndKill(from, to, wait + random.below(400));
      expect(end).toBe(0);
      const onServers = await started(onEtcd(embedded, 'node1', etcd.endpoints));
      expect(await holdings(onServers)).toEqual(before);
      const second = new Runtime(onServers.socket, networks);
      await second.del({ network: 'shared', containerId: 'e1', addresses: [] });
      await second.add('shared', 'e-new');
      const after = await holdings(onServers);
      expect((await onServers.cli('check')).stdout).toContain('all invariants hold');
      await onServers.stop();
      const back = await migrate(to, from);
      expect(back, back.stderr).toMatchObject({ exit: 0 });
      await embedded.start();
      expect(await holdings(embedded)).toEqual(after);
    } finally {
      await etcd.dispose();
    }
  });

  it('moves a machine to a member of a cluster, whose daemon runs, through its socket', async () => {
    const embedded = await started(new DaemonProcess({ clusterCidr: '' }));
    const held = await new Runtime(embedded.socket, networks).add('shared', 'm1');
    await embedded.stop();
    const port = await freePort();
    const member = await started(
      new DaemonProcess({
        node: 'member1',
        clusterCidr: '',
        args: ['--bootstrap', '--bind-addr', `127.0.0.1:${port}`],
      }),
    );
    const [from, to] = [`embedded:${embedded.dataDir}`, `members:${member.socket}`];
    const done = await migrate(from, to);
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    const runtime = new Runtime(member.socket, networks);
    // The daemon hears a moment later that the pool is open.
    const fresh = await waitFor('an address of the pool', () => runtime.tryAdd('shared', 'm2'));
    expect(fresh.addresses).not.toEqual(held.addresses);
    expect((await member.cli('get', 'claim')).stdout).toContain(held.addresses[0]?.replace('/24', ''));
    await member.stop();
  });
});
