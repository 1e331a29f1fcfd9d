import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld, poolText } from './cli-world.ts';

describe('gc', () => {
  const world = new CliWorld();
  const { daemon, cli, manifest } = world;

  beforeAll(() => daemon.start());
  afterAll(() => world.remove());

  it('says that nothing waits, and hands an empty block back: the daemon, or whoever asks it to', async () => {
    expect(await cli('gc', '--dry-run')).toMatchObject({ exit: 0, stdout: 'nothing waits to be taken back\n' });
    expect(JSON.parse((await cli('gc', '--dry-run', '-o', 'json')).stdout)).toEqual({ releases: [], unanswered: [] });
    await cli('apply', '-f', manifest('racks.json', poolText('racks', { subnet: '10.83.0.0/24', blockSize: 28 })));
    await cli('allocate', 'node1', '--pool', 'racks');
    await cli('allocate', 'node1', '--pool', 'racks');
    expect(await cli('gc')).toMatchObject({ exit: 0 });
    expect((await cli('blocks', 'node1')).stdout.match(/racks/g)).toHaveLength(1);
  });

  it('takes --local with --dry-run only', async () => {
    expect(await cli('gc', '--local')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--local is for --dry-run'),
    });
    expect(await cli('gc', 'node1')).toMatchObject({ exit: 2, stderr: expect.stringContaining('too many arguments') });
    expect(await cli('gc', '--dry-run', '--local')).toMatchObject({ exit: 0 });
  });
});
