import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

describe('a copy of the embedded engine', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  const directory = mkdtempSync(join(tmpdir(), 'berth-backup-'));
  const copy = join(directory, 'copy');
  const backup = (...args: string[]) =>
    run(join(bin, 'ipam-daemon'), ['--data-dir', daemon.dataDir, '--backup', ...args]);
  const restore = (...args: string[]) =>
    run(join(bin, 'ipam-daemon'), ['--data-dir', daemon.dataDir, '--unix-socket', daemon.socket, '--restore', ...args]);
  const allocate = async (from: number, to: number): Promise<readonly string[]> => {
    const client = openClient(daemon.socket, 60_000);
    const ips: string[] = [];
    for (let n = from; n <= to; n += 1) {
      ips.push((await client.call('AllocateIP', { node_id: 'node1', container_id: `c${n}` })).ip);
    }
    client.close();
    return ips;
  };
  let before: readonly string[] = [];

  beforeAll(async () => {
    await daemon.start();
    before = await allocate(1, 300);
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await daemon.remove();
  });

  it('is made while the daemon gives addresses, and is whole', async () => {
    const [{ exit, stdout, stderr }] = await Promise.all([backup(copy), allocate(301, 400)]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/it is whole\n$/);
    expect(statSync(join(copy, 'store', 'data.mdb')).mode & 0o777).toBe(0o600);
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
  });

  it('leaves nothing under its name when it is killed, and is made anew by the next', async () => {
    const target = join(directory, 'killed');
    const args = ['--data-dir', daemon.dataDir, '--backup', target];
    const child = spawn(join(bin, 'ipam-daemon'), args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)));
    await waitFor('the copy to be begun', () => (existsSync(`${target}.part`) ? true : undefined));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(target)).toBe(false);
    expect(await backup(target)).toMatchObject({ exit: 0 });
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  it('is not put in place while the daemon runs', async () => {
    expect(await restore(copy)).toMatchObject({ exit: 2, stderr: expect.stringContaining('a daemon serves on') });
    expect(await restore(copy, '--unix-socket', join(directory, 'another.sock'))).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('another daemon uses the data'),
    });
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
  });

  it('is put in place only when it is whole, and only of the embedded engine', async () => {
    await daemon.stop();
    const damaged = join(directory, 'damaged');
    cpSync(copy, damaged, { recursive: true });
    const file = join(damaged, 'store', 'data.mdb');
    truncateSync(file, statSync(file).size - 4_096);
    expect(await restore(damaged)).toMatchObject({ exit: 1, stderr: expect.stringContaining('is damaged') });
    expect(await restore(directory)).toMatchObject({ exit: 2, stderr: expect.stringContaining('is no whole copy') });
    expect(await restore(copy, '--store-engine', 'kubernetes')).toMatchObject({ exit: 2 });
    expect(readdirSync(daemon.dataDir).filter((name) => /recover|replaced/.test(name))).toEqual([]);
  });

  it('brings back what was given before it, and leaves what was there beside it', async () => {
    const { exit, stdout, stderr } = await restore(copy);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/it is whole$/m);
    expect(readdirSync(daemon.dataDir).filter((name) => /\.replaced-/.test(name))).toHaveLength(2);
    await daemon.start();
    const held = JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout) as { addresses: { ip: string }[] }[];
    const ips = new Set(held.map(({ addresses }) => addresses[0]?.ip));
    expect(before.filter((ip) => !ips.has(ip))).toEqual([]);
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
    const [next] = await allocate(1_000, 1_000);
    expect(before).not.toContain(next);
  });

  it.each([
    ['a folder that has something', ['/usr'], /the folder is not empty/],
    ['another engine', ['/nowhere/copy', '--store-engine', 'kubernetes'], /is for the embedded engine/],
    ['a directory without databases', ['/nowhere/copy', '--data-dir', '/nowhere'], /has no database to copy/],
  ])('is refused of %s, and nothing is made', async (_what, args, says) => {
    expect(await backup(...args)).toMatchObject({ exit: 2, stderr: expect.stringMatching(says) });
    expect(existsSync('/nowhere')).toBe(false);
  });

  it('is named to whoever asks a daemon that is no member for a snapshot', async () => {
    expect(await daemon.cli('snapshot', 'save', join(directory, 'x'))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('ipam-daemon --backup'),
    });
    expect(readFileSync(daemon.logFile, 'utf8')).not.toContain('internal');
  });
});
