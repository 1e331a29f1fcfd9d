import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LmdbJournal } from '../../src/daemon/journal/lmdb-journal.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';

/** Two blocks with one address for Pods each, or what the options say. */
const small = { clusterCidr: '10.77.0.0/29', args: ['--block-size', '30'], config: 'allocation:\n  cooldown: 0s\n' };

describe('what nobody comes back for', () => {
  const daemons: DaemonProcess[] = [];
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.remove();
  });

  async function started(options: ConstructorParameters<typeof DaemonProcess>[0] = small): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(options);
    daemons.push(daemon);
    await daemon.start();
    return daemon;
  }

  /** Stands for a network namespace: its file. */
  function namespaceOf(daemon: DaemonProcess, containerId: string): string {
    const folder = join(daemon.directory, 'netns');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, containerId);
    writeFileSync(file, '');
    return file;
  }

  const add = (daemon: DaemonProcess, containerId: string) =>
    cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket } },
      { command: 'ADD', containerId, netns: namespaceOf(daemon, containerId) },
    );

  /** The commands that a message of check names, as an operator would type them. */
  const commandsIn = (text: string) => [...text.matchAll(/ipam-cli ([a-z]+ [^\s,;)]+)/g)].map(([, line = '']) => line);

  it('is named by check on a full pool, with the command that frees it; what runs is not freed', async () => {
    const daemon = await started();
    expect(await add(daemon, 'gone')).toMatchObject({ exit: 0 });
    expect(await add(daemon, 'runs')).toMatchObject({ exit: 0 });
    const refused = await add(daemon, 'late');
    expect(refused.json.msg).toMatch(/no IPv4 address left/);
    expect((await daemon.cli('check')).stdout).not.toMatch(/left behind/);
    rmSync(namespaceOf(daemon, 'gone'));
    const { stdout, exit } = await daemon.cli('check');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/left behind: [\d.]+: held by net\/gone\/eth0, whose network namespace .*\/gone is gone/);
    expect(stdout).not.toMatch(/net\/runs\/eth0/);
    const [command = ''] = commandsIn(stdout);
    expect(await daemon.cli('release', '--container', 'runs')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/its network namespace is .*--force/s),
    });
    const dry = await daemon.cli(...command.split(' '), '--dry-run');
    expect(dry).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^would release [\d.]+ of net\/gone\/eth0\n$/),
    });
    expect((await daemon.cli('check')).stdout).toContain('net/gone/eth0');
    expect(await daemon.cli('release', '--container', 'runs', '--dry-run')).toMatchObject({ exit: 1 });
    expect(await daemon.cli(...command.split(' '), '--reason', 'its node lost power')).toMatchObject({ exit: 0 });
    expect(daemon.log).toMatch(/released [\d.]+ of container gone: by-hand .*text=its node lost power/);
    expect(daemon.log).toMatch(/"audit":"release".*"reason":"by-hand","text":"its node lost power"/);
    expect(await add(daemon, 'late')).toMatchObject({ exit: 0 });
    expect((await daemon.cli('check')).stdout).not.toMatch(/left behind/);
    expect(await daemon.cli('release', '--container', 'runs', '--force')).toMatchObject({ exit: 0 });
    expect(await add(daemon, 'later')).toMatchObject({ exit: 0 });
  });

  it.each([
    ['a block', ['node1', '10.77.0.0/30', '--dry-run'], 2, /--dry-run is for addresses/],
    ['a long reason', ['10.77.0.2', '--reason', 'x'.repeat(501)], 1, /reason has 501 characters; at most 500/],
    ['no address', ['10.77.0', '--dry-run'], 2, /"10\.77\.0" is no address/],
  ])('is not released by %s', async (_, args, exit, says) => {
    const daemon = await started();
    const { exit: status, stderr } = await daemon.cli('release', ...args);
    expect(stderr).toMatch(says);
    expect(status).toBe(exit);
  });

  it('is released when the machine was started anew, and nothing else is', async () => {
    const daemon = await started();
    expect(await add(daemon, 'before')).toMatchObject({ exit: 0 });
    expect(await add(daemon, 'named')).toMatchObject({ exit: 0 });
    rmSync(namespaceOf(daemon, 'before'));
    await daemon.stop();
    // A restart of the daemon alone is no start of the machine.
    await daemon.start();
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toHaveLength(2);
    await daemon.stop();
    const journal = new LmdbJournal(join(daemon.dataDir, 'journal'));
    await journal.commit([{ type: 'boot', id: 'an-earlier-one' }]);
    await journal.close();
    await daemon.start();
    const held = JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout) as { container_id: string }[];
    expect(held.map(({ container_id }) => container_id)).toEqual(['named']);
    expect(daemon.log).toMatch(/the machine was started anew/);
    expect(await add(daemon, 'after')).toMatchObject({ exit: 0 });
  });

  it('under a former name of the node is named by the message of the ADD and by check, and freed as they say', async () => {
    const former = await started({ ...small, node: 'localhost' });
    expect(await add(former, 'a')).toMatchObject({ exit: 0 });
    expect(await add(former, 'b')).toMatchObject({ exit: 0 });
    await former.stop();
    const renamed = await started({ ...small, node: 'node-7', dataDir: former.dataDir });
    const { json } = await add(renamed, 'c');
    expect(json.msg).toMatch(/node "node-7" has no block, .*node "localhost" has 2 .*ipam-cli forget NODE/);
    const { stdout } = await renamed.cli('check');
    expect(stdout).toMatch(/left behind: localhost: has 2 blocks and 0 claims/);
    expect(commandsIn(stdout)).toContain('forget localhost');
    expect(await renamed.cli('release', '--container', 'a', '--force')).toMatchObject({ exit: 0 });
    expect(await renamed.cli('forget', 'localhost')).toMatchObject({ exit: 0 });
    const { exit, json: given } = await add(renamed, 'c');
    expect(exit).toBe(0);
    const held = JSON.parse((await renamed.cli('addresses', '-o', 'json')).stdout) as {
      addresses: { ip: string }[];
    }[];
    const ips = held.flatMap(({ addresses }) => addresses.map(({ ip }) => ip));
    expect(new Set(ips).size, `${given.ips?.[0]?.address} beside ${ips.join(', ')}`).toBe(2);
  });
});
