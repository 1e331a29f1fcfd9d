import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';
import { Segment, type Stranger } from '../kit/segment.ts';
import { skipEach } from '../kit/skip.ts';
import { writePool } from '../kit/write-pool.ts';

describe('a scan of a segment', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.98.0.0/24' });
  const segment = new Segment('bs');
  let node: Stranger;
  let stranger: Stranger;

  skipEach(needsRoot);
  beforeAll(async () => {
    if (needsRoot !== '') return;
    await segment.create();
    await daemon.start();
    node = await segment.stranger();
    stranger = await segment.stranger('10.99.0.3/24', 'fd99::5/64');
    await writePool(daemon, 'office', { subnet: '10.99.0.0/24', ips: ['10.99.0.2-10.99.0.6'] });
    await writePool(daemon, 'office6', { subnet: 'fd99::/64', ips: ['fd99::4-fd99::6'] });
  });
  afterAll(async () => {
    await segment.remove();
    await daemon.remove();
  });

  /** On a machine of the segment. */
  const scan = (...words: string[]) =>
    run('ip', [
      'netns',
      'exec',
      node.namespace.name,
      join(bin, 'ipam-cli'),
      '--daemon',
      daemon.socket,
      'scan',
      ...words,
    ]);

  it('finds strangers of both families, with their MAC, and only tells of them', async () => {
    for (const [pool, address] of [
      ['office', '10.99.0.3'],
      ['office6', 'fd99::5'],
    ] as const) {
      const { exit, stdout } = await scan(pool, '--interface', 'e0', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ pool, unknown: 0, asked: pool === 'office' ? 5 : 3 },
        strangers: [{ address, macs: [stranger.mac], done: 'found' }],
      });
      expect(exit).toBe(3);
      expect((await daemon.cli('lookup', address)).stdout).not.toMatch(/quarantine/);
    }
  });

  it('puts them into quarantine when it is told to, and does not ask for them again', async () => {
    const { stdout } = await scan('office', '--interface', 'e0', '--quarantine');
    expect(stdout).toMatch(/10\.99\.0\.3 +\S+ +quarantined/);
    expect((await daemon.cli('lookup', '10.99.0.3')).stdout).toContain(`answered by ${stranger.mac} when`);
    const again = await scan('office', '--interface', 'e0');
    expect(again).toMatchObject({ exit: 0, stdout: '4 addresses asked for: nobody uses them\n' });
  });

  it('says what is wrong: an interface that is not there, a rate that is none', async () => {
    expect(await scan('office', '--interface', 'e9')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/nobody can be asked: .*e9/),
    });
    expect(await scan('office', '--interface', 'e0', '--rate', '0')).toMatchObject({ exit: 2 });
    expect(await scan('elsewhere', '--interface', 'e0')).toMatchObject({ exit: 4 });
  });
});
