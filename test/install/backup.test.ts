import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';

describe('a copy of the embedded engine', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  const directory = mkdtempSync(join(tmpdir(), 'berth-backup-'));
  const copy = join(directory, 'copy');
  const backup = (...args: string[]) =>
    run(join(bin, 'ipam-daemon'), ['--data-dir', daemon.dataDir, '--backup', ...args]);
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

  it('brings back what was given before it', async () => {
    await daemon.stop();
    for (const folder of ['journal', 'store']) {
      renameSync(join(daemon.dataDir, folder), join(directory, `former-${folder}`));
      cpSync(join(copy, folder), join(daemon.dataDir, folder), { recursive: true });
    }
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
