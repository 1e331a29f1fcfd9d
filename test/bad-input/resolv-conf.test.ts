import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { must } from '../kit/run.ts';

/** Never reached by a daemon that reads no more than it should. */
const hungMs = 30_000;
/** More than the process has threads for files. */
const calls = 6;

describe('ipam.resolvConf', () => {
  const daemon = new DaemonProcess({});
  beforeAll(async () => {
    await must('mkfifo', [join(daemon.directory, 'fifo')]);
    writeFileSync(join(daemon.directory, 'sparse'), '');
    truncateSync(join(daemon.directory, 'sparse'), 2 ** 40);
    await daemon.start();
  });
  afterAll(() => daemon.remove());

  const add = (containerId: string, resolvConf: string) => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, resolvConf };
    const network = { cniVersion: '1.0.0', name: 'n', type: 'ptp', ipam };
    return cni('ipam-plugin', network, { command: 'ADD', containerId, netns: '/n' });
  };

  it.each([
    ['a FIFO', () => join(daemon.directory, 'fifo'), /it is no regular file/],
    ['an endless device', () => '/dev/zero', /it is no regular file/],
    ['a terminal', () => '/dev/tty', /it is no regular file/],
    ['a folder', () => daemon.directory, /it is no regular file/],
    ["the daemon's own socket", () => daemon.socket, /it is no regular file/],
    ['a file without end', () => join(daemon.directory, 'sparse'), /it has more than 65536 bytes/],
  ])('refuses %s, gives no address for it, and serves others', async (_what, path, says) => {
    const added = Promise.all(Array.from({ length: calls }, (_, index) => add(`bad-${index}`, path())));
    const ends = await Promise.race([added, pause(hungMs, 'hung' as const, { ref: false })]);
    for (const end of ends === 'hung' ? [ends] : ends)
      expect(end).toMatchObject({ exit: 1, json: { code: 5, msg: expect.stringMatching(says) } });
    const good = join(daemon.directory, 'good');
    writeFileSync(good, 'nameserver 192.0.2.53\n');
    expect(await add('good', good)).toMatchObject({ exit: 0, json: { dns: { nameservers: ['192.0.2.53'] } } });
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toHaveLength(1);
  });
});
