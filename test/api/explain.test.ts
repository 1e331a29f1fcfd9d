import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { CliWorld, networkOf, poolText } from './cli-world.ts';

describe('explain', () => {
  const world = new CliWorld();
  const { daemon, cli, manifest } = world;

  beforeAll(async () => {
    await daemon.start();
    const spec = { subnet: '10.81.0.0/29', gateway: '10.81.0.1', ips: ['10.81.0.2-10.81.0.3'] };
    await cli('apply', '-f', manifest('desk.json', poolText('desk', spec)));
  });
  afterAll(() => world.remove());

  const add = (containerId: string, pod: string) => {
    const { ipam, ...network } = networkOf(daemon.socket);
    const config = { ...network, ipam: { ...ipam, pools: ['desk'] } };
    const args = `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod}`;
    return cni('ipam-plugin', config, { command: 'ADD', containerId, netns: '/var/run/netns/none', args });
  };

  it('says of an address, a Pod and a pool who, why, since when, and what a Pod waits for', async () => {
    expect(await cli('explain', '10.81.0.2')).toMatchObject({
      exit: 4,
      stdout: expect.stringMatching(/^10\.81\.0\.2: free\n/),
    });
    await add('c1', 'web-1');
    await add('c2', 'web-2');
    const { json } = await add('c3', 'web-3');
    expect(json.msg).toMatch(/no IPv4 address left/);
    const address = await cli('explain', '10.81.0.2');
    expect(address.exit).toBe(0);
    expect(address.stdout).toMatch(
      /^10\.81\.0\.2: held\n.*held by: Pod shop\/web-\d, eth0 of container c\d on node "node1".*\n +since: 20\d\d-.*\n +why: claim 10\.81\.0\.2 of pool "desk".*\n +comes free: with the DEL of its container, and a cool-down of/s,
    );
    expect(await cli('explain', 'shop/web-1')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('container c1'),
    });
    const waiting = await cli('explain', 'shop/web-3');
    expect(waiting.exit).toBe(4);
    expect(waiting.stdout).toMatch(
      /^eth0 of network "net" was refused on node "node1" at 20.*\n +no IPv4 address left: .*\n.* {2}pool desk: has 2 of 2 in use: every address is taken\nnow, on node "node1": eth0 of network "net" would be refused: no IPv4 address is left in the pools that may be used\n {2}pool desk: every address is taken\n$/s,
    );
    const pool = await cli('explain', 'pool/desk');
    expect(pool).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /^pool "desk" is exhausted: of 2 addresses 2 are held\nfor: only who names it.*\n\nWHAT +COUNT +WHY\nheld +2 +by containers/,
      ),
    });
    const data = JSON.parse((await cli('explain', 'shop/web-3', '-o', 'json')).stdout);
    expect(data).toMatchObject({
      addresses: [],
      tries: [
        {
          node_id: 'node1',
          ifname: 'eth0',
          tries: 1,
          at: expect.stringMatching(/Z$/),
          problem: { code: 'pool-exhausted' },
        },
      ],
      prospects: [{ pools: [{ pool: 'desk', reason: 'every address is taken' }] }],
      pool: null,
      unanswered: [],
    });
    expect(JSON.parse((await cli('explain', 'pool/desk', '-o', 'json')).stdout)).toMatchObject({
      pool: { usage: { name: 'desk', used: 2 }, shares: [{ kind: 'held', count: 2 }] },
    });
    expect(await cli('explain', 'shop/nobody')).toMatchObject({
      exit: 4,
      stdout: 'Pod shop/nobody has no address, and no daemon that answered has refused it one\n',
    });
  });

  it.each([
    ['an address with a mistake', ['10.81.0.300'], 2, /"10\.81\.0\.300" is no address, no Pod and no pool/],
    ['nothing', [], 2, /missing required argument 'what'/],
    ['an empty word', [''], 2, /"" is no address, no Pod and no pool/],
    ['too many slashes', ['a/b/c'], 2, /"a\/b\/c" is no address, no Pod and no pool/],
    ['a pool without a name', ['pool/'], 2, /"pool\/" is no address, no Pod and no pool/],
    ['a block', ['10.81.0.0/29'], 2, /"10\.81\.0\.0\/29" is no address, no Pod and no pool/],
    ['a pool that is not there', ['pool/nope'], 4, /no pool is named "nope"\nhint: pools: cluster-ipv4, desk/],
    ['names for the next command', ['10.81.0.2', '-o', 'name'], 2, /-o name: explain shows nothing that has a name/],
  ])('refuses %s', async (_, args, exit, says) => {
    const { exit: status, stdout, stderr } = await cli('explain', ...args);
    expect(stdout + stderr).toMatch(says);
    expect(status).toBe(exit);
  });

  it('shows what is free, and gives it in the order that it says', async () => {
    const spec = {
      subnet: '10.82.0.0/28',
      gateway: '10.82.0.1',
      ips: ['10.82.0.2-10.82.0.6', '10.82.0.9'],
      default: false,
    };
    await cli('apply', '-f', manifest('shelf.json', poolText('shelf', spec)));
    const { stdout, exit } = await cli('free', 'shelf', '--next', '3');
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^FREE +BLOCK +NODE\n10\.82\.0\.2-10\.82\.0\.6 +- +-\n10\.82\.0\.9 +- +-\n\n6 free\nnext on node "node1": /,
    );
    expect((await cli('free', 'shelf', '-o', 'name')).stdout).toBe('10.82.0.2-10.82.0.6\n10.82.0.9\n');
    const { next } = JSON.parse((await cli('free', 'shelf', '-o', 'json')).stdout);
    const given: string[] = [];
    for (const n of [1, 2, 3]) {
      const { ipam, ...network } = networkOf(daemon.socket);
      const config = { ...network, ipam: { ...ipam, pools: ['shelf'] } };
      const { json } = await cni('ipam-plugin', config, {
        command: 'ADD',
        containerId: `s${n}`,
        netns: '/var/run/netns/none',
      });
      given.push(json.ips?.[0]?.address.split('/')[0] ?? '');
    }
    expect(given).toEqual(next.slice(0, 3));
    expect((await cli('free', 'shelf')).stdout).toContain('\n3 free\n');
  });

  it.each([
    ['a pool that is not there', ['nope'], 4, /no pool is named "nope"\nhint: pools: cluster-ipv4/],
    ['no pool', [], 2, /missing required argument 'pool'/],
    ['an empty name', [''], 1, /pool is empty/],
    ['too many of the next', ['desk', '--next', '1001'], 2, /--next 1001 is not a whole number from 1 to 1000/],
    ['half of one', ['desk', '--next', '0.5'], 2, /--next 0\.5 is not a whole number from 1 to 1000/],
  ])('free refuses %s', async (_, args, exit, says) => {
    const { exit: status, stdout, stderr } = await cli('free', ...args);
    expect(stdout + stderr).toMatch(says);
    expect(status).toBe(exit);
  });
});
