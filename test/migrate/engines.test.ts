import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { install } from '../cluster/installed.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Random } from '../kit/random.ts';
import { type Attached, holdings, migrate, migrateAndKill, onKubernetes, Runtime } from './kit.ts';

const reason = needsControlPlane();
const ranges = [[{ subnet: '10.9.0.0/24', rangeStart: '10.9.0.10', rangeEnd: '10.9.0.200' }]];
const networks = { blocks: {}, shared: { ranges } };

describe('a migration between engines', () => {
  const controlPlane = new ControlPlane();
  const directory = mkdtempSync(join(tmpdir(), 'berth-migrate-'));
  const running: DaemonProcess[] = [];
  const started = async (daemon: DaemonProcess): Promise<DaemonProcess> => {
    running.push(daemon);
    await daemon.start();
    return daemon;
  };
  beforeEach((context) => context.skip(reason !== '', reason));
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
      end = await migrateAndKill(from, to, 100 + random.below(300) + kills * 60);
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
});
