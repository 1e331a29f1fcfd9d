import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { CliWorld } from './cli-world.ts';

describe('check --repair', () => {
  const world = new CliWorld();
  const { daemon, cli } = world;
  let netns = '';

  beforeAll(async () => {
    await daemon.start();
    const folder = join(daemon.directory, 'netns');
    mkdirSync(folder, { recursive: true });
    netns = join(folder, 'gone');
    writeFileSync(netns, '');
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam };
    expect(await cni('ipam-plugin', config, { command: 'ADD', containerId: 'gone', netns })).toMatchObject({ exit: 0 });
  });
  afterAll(() => world.remove());

  it('has nothing to do where all is well, and a monitor reads that as data', async () => {
    expect(await cli('check', '--repair')).toMatchObject({ exit: 0, stdout: 'nothing is to be repaired\n' });
    expect(JSON.parse((await cli('check', '-o', 'json')).stdout)).toMatchObject({ status: 'ok', violations: [] });
    expect(await cli('check', '--yes')).toMatchObject({ exit: 2 });
  });

  it('says what it would do and how that is taken back, and does nothing without a yes', async () => {
    rmSync(netns);
    const said = await cli('check', '--repair');
    expect(said.exit).toBe(3);
    expect(said.stdout).toMatch(/would: release what net\/gone\/eth0 holds/);
    expect(said.stdout).toMatch(/taken back by: ipam-cli set [\d.]+ --pod .* --container gone/);
    expect(said.stdout).toMatch(/nothing was done/);
    expect(JSON.parse((await cli('check', '--repair', '-o', 'json')).stdout)).toMatchObject({
      done: false,
      repairs: [{}],
    });
    expect((await cli('addresses')).stdout).toMatch(/gone|eth0/);
  });

  it('does it with a yes, writes that down, and it can be taken back as it said', async () => {
    const done = await cli('check', '--repair', '--yes', '--reason', 'the node was cut off');
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringMatching(/done: .*released/) });
    expect(daemon.log).toMatch(/the node was cut off/);
    const [, undo = ''] = /taken back by: ipam-cli (.*)\n$/.exec(done.stdout) ?? [];
    expect(await cli(...undo.replace('NAMESPACE/NAME', 'shop/web-0').split(' '))).toMatchObject({ exit: 0 });
    expect((await cli('check', '--repair')).exit).toBe(0);
  });
});
