import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';

describe('drain', () => {
  const daemon = new DaemonProcess({
    clusterCidr: '10.84.0.0/24',
    args: ['--block-size', '28', '--node-id', 'node1'],
    config: 'allocation:\n  cooldown: 0s\n',
  });
  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  const cli = (...words: string[]) => daemon.cli(...words);
  const call = (command: 'ADD' | 'DEL', containerId: string) =>
    cni(
      'ipam-plugin',
      { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket } },
      { command, containerId, netns: '/var/run/netns/none' },
    );

  it('says what is there, waits no longer than it is told to, and gives nothing new', async () => {
    expect(await call('ADD', 'stays')).toMatchObject({ exit: 0 });
    expect(await cli('drain', 'node1', '--dry-run')).toMatchObject({
      exit: 4,
      stdout: expect.stringMatching(/gives addresses/),
    });
    const refused = await cli('drain', 'node1', '--wait', '0s', '--reason', 'new memory');
    expect(refused).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/1 interfaces have addresses, and 1 blocks are leased/),
    });
    expect(refused.stdout).toMatch(/10\.84\.0\.\d+/);
    expect((await call('ADD', 'new')).json).toMatchObject({
      code: 11,
      msg: expect.stringMatching(/node "node1" is drained .*new memory/),
    });
    expect(daemon.log).toMatch(/"audit":"drain"|audit.*drain/);
  });

  it('stays so when the daemon is started anew, and ends when the node is empty', async () => {
    await daemon.stop();
    await daemon.start();
    expect((await call('ADD', 'new')).exit).not.toBe(0);
    const waiting = cli('drain', 'node1', '--wait', '60s');
    expect(await call('DEL', 'stays')).toMatchObject({ exit: 0 });
    expect(await waiting).toMatchObject({ exit: 0, stdout: expect.stringMatching(/it is empty/) });
    expect(JSON.parse((await cli('drain', 'node1', '--dry-run', '-o', 'json')).stdout)).toMatchObject({
      ...{ node_id: 'node1', drained: true, empty: true, blocks: [] },
    });
  });

  it('gives again after --undo, and is for the node of the daemon that is asked', async () => {
    expect(await cli('drain', 'node1', '--undo')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/gives addresses/),
    });
    expect(await call('ADD', 'new')).toMatchObject({ exit: 0 });
    expect(await cli('drain', 'node2')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/emptied by its own daemon/),
    });
    expect(await cli('drain', 'node1', '--wait', 'soon')).toMatchObject({ exit: 2 });
  });
});
