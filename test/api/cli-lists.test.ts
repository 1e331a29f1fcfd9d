import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { waitFor } from '../kit/wait.ts';

const pool = (name: string, ips: readonly string[]) => ({
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderIPPool',
  metadata: { name },
  spec: { subnet: '10.60.0.0/24', ips },
});

describe('the status of a daemon', () => {
  it('is waited for until it is ready', async () => {
    const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
    try {
      const waiting = daemon.cli('status', '--wait', '-o', 'json');
      daemon.spawn();
      const { exit, stdout } = await waiting;
      expect(exit).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        status: 'ready',
        parts: [
          { part: 'daemon', ready: true },
          { part: 'other daemons', ready: true },
        ],
      });
      await daemon.stop();
      expect(await daemon.cli('status')).toMatchObject({ exit: 5 });
    } finally {
      await daemon.remove();
    }
  });
});

describe('lists of ipam-cli', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-lists-'));
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  const cli = (...args: string[]) => daemon.cli(...args);
  const lines = async (...args: string[]) => (await cli(...args)).stdout.trimEnd().split('\n');
  const manifest = (...pools: readonly object[]): string => {
    const file = join(directory, 'pools.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pools }));
    return file;
  };

  beforeAll(async () => {
    await daemon.start();
    await cli(
      'apply',
      '-f',
      manifest(pool('small', ['10.60.0.10-10.60.0.11']), pool('big', ['10.60.0.100-10.60.0.199'])),
    );
    const client = openClient(daemon.socket, 60_000);
    for (const [n, name] of ['small', 'big', 'big'].entries()) {
      await client.call('AllocateIP', { node_id: `node${n + 9}`, container_id: `c${n}`, pools: [name] });
    }
    client.close();
  });
  afterAll(async () => {
    await daemon.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are sorted by a column, either way, for people and for programs', async () => {
    const names = async (...args: string[]) =>
      (await lines('pools', ...args)).slice(1).map((line) => line.split(' ')[0]);
    expect(await names('--sort-by', 'total')).toEqual(['small', 'big', 'cluster-ipv4']);
    expect(await names('--sort-by', '-usage')).toEqual(['small', 'big', 'cluster-ipv4']);
    const data = JSON.parse((await cli('pools', '--sort-by=-NAME', '-o', 'json')).stdout) as { name: string }[];
    expect(data.map(({ name }) => name)).toEqual(['small', 'cluster-ipv4', 'big']);
    const nodes = (await lines('addresses', '--sort-by', '-node')).slice(1).map((line) => /node\d+/.exec(line)?.[0]);
    expect(nodes).toEqual(['node11', 'node10', 'node9']);
    const { items } = JSON.parse((await cli('get', 'pool', '--sort-by', 'subnet', '-o', 'json')).stdout);
    expect(items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'big',
      'small',
      'cluster-ipv4',
    ]);
  });

  it('have the columns that are named, also the wide ones, and are printed by a path as of kubectl', async () => {
    expect(await lines('pools', '--columns', 'parked,name', '--sort-by', 'name')).toEqual([
      'PARKED   NAME',
      ...['big', 'cluster-ipv4', 'small'].map((name) => `0        ${name}`),
    ]);
    const each = '{range .items[?(@.metadata.name!="big")]}{.metadata.name}{" "}{.spec.ips[0]}{"\\n"}{end}';
    const shown = await lines('get', 'pool', '--sort-by', 'name', '-o', `jsonpath=${each}`);
    expect(shown).toContain('small 10.60.0.10-10.60.0.11');
    expect(shown.join('\n')).not.toContain('big');
    expect(await cli('pools', '-o', 'jsonpath={.a')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('a brace is not closed'),
    });
  });

  it('are shown again when they change, until who watches has seen enough', async () => {
    const seen = new AbortController();
    const child = spawn(join(bin, 'ipam-cli'), ['--daemon', daemon.socket, 'get', 'pool', '-o', 'name', '--watch'], {
      signal: seen.signal,
      killSignal: 'SIGINT',
    });
    child.on('error', () => {});
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
    await waitFor('the pools', () => (text.includes('/small\n') ? true : undefined));
    await cli('apply', '-f', manifest(pool('later', ['10.60.0.30'])));
    await waitFor('the new pool', () => (text.includes('/later\n') ? true : undefined));
    expect(text.match(/\/small\n/g)).toHaveLength(2);
    seen.abort();
    expect(await ended).toBe(0);
    await cli('delete', 'pool', 'later');
  });

  it('say which columns there are', async () => {
    expect(await cli('pools', '--sort-by', 'size')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/there is no such column\nhint: columns: name, version, .*usage/),
    });
  });

  it('show how much of a pool is left', async () => {
    expect((await cli('pools')).stdout).toMatch(/TOTAL +USED +AVAILABLE +USAGE/);
    expect((await cli('pools')).stdout).toMatch(/small +4 +10\.60\.0\.0\/24 +shared +2 +1 +1 +50\.0%/);
  });

  it('are names for the next command', async () => {
    expect(await lines('get', 'pool', '-o', 'name')).toEqual(
      ['big', 'cluster-ipv4', 'small'].map((name) => `spiderippool/${name}`),
    );
    expect(await lines('pools', '-o', 'name', '--sort-by', 'total')).toEqual(['small', 'big', 'cluster-ipv4']);
    expect(await lines('addresses', '-o', 'name')).toHaveLength(3);
    expect((await cli('get', 'spiderippool/small', '-o', 'json')).stdout).toContain('10.60.0.10-10.60.0.11');
    expect(await cli('stats', '-o', 'name')).toMatchObject({
      exit: 2,
      stderr: 'error: -o name: stats shows nothing that has a name\nhint: table, wide, json or yaml\n',
    });
  });

  it('of addresses that a pool has are shown as such, not as JSON', async () => {
    expect((await cli('get', 'pool', 'small', '-o', 'wide')).stdout).not.toMatch(/[[\]"]/);
  });

  it('are deleted by their names, of one kind or each with its own', async () => {
    const three = ['a', 'b', 'c'].map((name, n) => pool(name, [`10.60.0.${n + 20}`]));
    expect((await cli('apply', '-f', manifest(...three), '-o', 'name')).stdout).toBe(
      'spiderippool/a\nspiderippool/b\nspiderippool/c\n',
    );
    expect(await cli('delete', 'pool', 'a', 'b', '-o', 'name')).toMatchObject({
      exit: 0,
      stdout: 'spiderippool/a\nspiderippool/b\n',
    });
    expect(await cli('delete', 'spiderippool/c', 'pool/small', 'pool/nowhere')).toMatchObject({
      exit: 4,
      stdout: expect.stringMatching(
        /^spiderippool\/c deleted\nspiderippool\/small is being deleted.*\nspiderippool\/nowhere not found\n$/,
      ),
    });
    expect(await cli('delete', 'pool')).toMatchObject({ exit: 2 });
  });
});
