import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { CliWorld, networkOf, poolText } from './cli-world.ts';

interface Entry {
  readonly at: string;
  readonly sequence: number;
  readonly what: string;
  readonly pod_name: string;
}

describe('history', () => {
  const world = new CliWorld();
  const { daemon, cli, manifest } = world;

  beforeAll(async () => {
    await daemon.start();
    const spec = { subnet: '10.84.0.0/29', ips: ['10.84.0.2'], cooldown: 0 };
    await cli('apply', '-f', manifest('desk.json', poolText('desk', spec)));
  });
  afterAll(() => world.remove());

  const call = (command: 'ADD' | 'DEL', containerId: string, pod: string) => {
    const { ipam, ...network } = networkOf(daemon.socket);
    const config = { ...network, ipam: { ...ipam, pools: ['desk'] } };
    const args = `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod};K8S_POD_UID=uid-of-${pod}`;
    return cni('ipam-plugin', config, { command, containerId, netns: '/var/run/netns/none', args });
  };
  const entriesOf = async (whose: string): Promise<readonly Entry[]> =>
    JSON.parse((await cli('history', whose, '-o', 'json')).stdout).entries;

  it('tells who had an address when, over a crash and a restart, and what it cannot know', async () => {
    await call('ADD', 'c1', 'web-1');
    await daemon.crash();
    await daemon.start();
    await call('DEL', 'c1', 'web-1');
    await call('ADD', 'c2', 'web-2');
    const entries = await entriesOf('10.84.0.2');
    expect(entries.map(({ what, pod_name }) => `${what} ${pod_name}`)).toEqual([
      'allocated web-1',
      'released web-1',
      'allocated web-2',
    ]);
    const [began = '', ended = '', next = ''] = entries.map(({ at }) => at);
    const first = await cli('history', '10.84.0.2', '--at', began);
    expect(first).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /^\S+Z 10\.84\.0\.2: Pod shop\/web-1, eth0 of container c1 on node "node1", from \S+Z, until \S+Z/,
      ),
    });
    expect((await cli('history', '10.84.0.2', '--at', next)).stdout).toMatch(/Pod shop\/web-2, .*, still\n$/);
    // Between two that follow one another at once, nobody had it, if there was a moment between them.
    const between = await cli('history', '10.84.0.2', '--at', ended);
    expect(between.exit).toBe(ended === next ? 0 : 4);
    const before = await cli('history', '10.84.0.2', '--at', '2020-01-01T00:00Z');
    expect(before).toMatchObject({
      exit: 6,
      stdout: expect.stringMatching(/nobody who is known\n {2}not known: the record of node "node1" begins at 20/),
    });
  });

  it('tells what happened to a Pod, a pool and a node, as a table, as data and as lines', async () => {
    const pod = await cli('history', 'shop/web-1');
    expect(pod.stdout).toMatch(
      /^TIME +WHAT +ADDRESS +POOL +POD +NODE +WHY\n.*Z +allocated +10\.84\.0\.2 +desk +shop\/web-1 +node1/,
    );
    expect(pod.stderr).toMatch(/node "node1", .*the daemon ended after this, and nothing tells when/);
    expect((await entriesOf('node/node1')).map(({ what }) => what)).toContain('started');
    const lines = (await cli('history', 'pool/desk', '--json-lines')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).what)).toEqual(['allocated', 'released', 'allocated']);
    expect(await cli('history', 'pool/desk', '--limit', '1')).toMatchObject({
      stdout: expect.stringMatching(/^TIME.*\n.*web-2.*\n$/),
      stderr: expect.stringContaining('2 earlier entries are left out'),
    });
    expect((await cli('history', '10.84.0.2', '--since', '2030-01-01')).stdout).toBe('nothing is on record\n');
  });

  it('refuses what is no time and nobody', async () => {
    expect(await cli('history', '10.84.0.2', '--at', 'Tuesday')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--at Tuesday is no time'),
    });
    expect(await cli('history', 'web-1')).toMatchObject({ exit: 2, stderr: expect.stringContaining('is no address') });
    expect(await cli('history', '10.84.0.2', '--at', '1h', '--since', '2h')).toMatchObject({ exit: 2 });
  });
});
