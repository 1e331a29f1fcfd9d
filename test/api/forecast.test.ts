import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait.ts';
import { CliWorld, poolText } from './cli-world.ts';

describe('forecast', () => {
  const world = new CliWorld();
  const { daemon, cli, manifest } = world;

  beforeAll(async () => {
    await daemon.start();
    await cli('apply', '-f', manifest('desk.json', poolText('desk', { subnet: '10.84.0.0/29', ips: ['10.84.0.2'] })));
    // What a daemon keeps tells of pools from its next start on at once, not within a minute.
    await daemon.stop();
    await daemon.start();
  });
  afterAll(() => world.remove());

  it('tells of a pool, its subnet and all, and how long it takes to know more', async () => {
    await waitFor('the daemon to look', async () => (await cli('forecast', 'desk')).exit === 0 || undefined);
    const { stdout } = await cli('forecast', 'desk', '-o', 'json');
    const unknown = (window: string, most: number) => ({
      window,
      known: false,
      needs_seconds: expect.closeTo(most, -3),
    });
    expect(JSON.parse(stdout).forecasts).toEqual([
      {
        ...{ kind: 'pool', name: 'desk', family: 4, taken: 0, total: 1, at: expect.stringMatching(/^20.*Z$/) },
        outlooks: [unknown('hour', 1_800), unknown('day', 43_200), unknown('week', 302_400)],
      },
    ]);
    expect((await cli('forecast', '10.84.0.0/29', '-o', 'name')).stdout).toBe('10.84.0.0/29\n');
    expect((await cli('forecast')).stdout).toMatch(/^KIND .*\n(?:.*\n)*pool +desk +IPv4 +0 +1 +0\.0% +known in \d+m/);
  });

  it('tells what is no subject, and what is not known', async () => {
    expect(await cli('forecast', 'node/nobody')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('nothing is known of'),
    });
    expect(await cli('forecast', 'shop/web-0')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('is no pool, no subnet'),
    });
    expect((await cli('forecast', '10.84.0.0/99')).stderr).toContain('subnet: ');
  });

  it('completes pools', async () => {
    expect((await cli('__complete', 'forecast', 'pool/d')).stdout).toBe('pool/desk\n');
  });
});
