import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { CliWorld, networkOf, poolText } from './cli-world.ts';

describe('set', () => {
  const world = new CliWorld();
  const { daemon, cli, manifest } = world;
  /** Stands for a network namespace: a file. */
  const netns = manifest('netns', '');

  beforeAll(async () => {
    await daemon.start();
    const spec = { subnet: '10.84.0.0/29', gateway: '10.84.0.1', ips: ['10.84.0.2-10.84.0.4'] };
    await cli('apply', '-f', manifest('desk.json', poolText('desk', spec)));
  });
  afterAll(() => world.remove());

  const of = (containerId: string) => ['--pod', 'shop/web-0', '--container', containerId, '--network', 'net'];

  it('puts an address on record that a Pod has, so that nobody else gets it and its DEL releases it', async () => {
    const words = ['set', '10.84.0.3', ...of('c1'), '--netns', netns, '--reason', 'the journal was lost'];
    expect(await cli(...words, '--dry-run')).toMatchObject({
      exit: 0,
      stdout: 'would put 10.84.0.3 of Pod shop/web-0 on record\n',
    });
    expect((await cli('lookup', '10.84.0.3')).exit).toBe(4);
    expect(await cli(...words)).toMatchObject({
      exit: 0,
      stdout: '10.84.0.3 of Pod shop/web-0 is on record on node "node1"\n',
    });
    expect(daemon.log).toMatch(/the journal was lost/);
    expect((await cli('lookup', 'shop/web-0')).stdout).toContain('10.84.0.3');
    expect(await cli(...words)).toMatchObject({
      exit: 0,
      stdout: '10.84.0.3 of Pod shop/web-0 is on record already\n',
    });
    expect((await cli('check')).exit).toBe(0);
    for (const force of [[], ['--force']]) {
      expect(await cli('set', '10.84.0.3', ...of('c2'), '--netns', netns, ...force)).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining('10.84.0.3 is held by container c1'),
      });
    }
    const config = networkOf(daemon.socket);
    expect(await cni('ipam-plugin', config, { command: 'DEL', containerId: 'c1', netns })).toMatchObject({ exit: 0 });
    expect((await cli('lookup', '10.84.0.3')).stdout).toMatch(/cools down/);
  });

  it.each([
    [
      'a container of which nothing tells',
      ['10.84.0.2', ...of('c3')],
      1,
      /nothing shows that container c3 runs and has 10\.84\.0\.2/,
    ],
    [
      'a network namespace that is gone',
      ['10.84.0.2', ...of('c3'), '--netns', '/nowhere'],
      1,
      /\/nowhere is not there/,
    ],
    [
      'a path of a process, whose number another may have',
      ['10.84.0.2', ...of('c3'), '--netns', '/proc/1/ns/net'],
      1,
      /nothing shows/,
    ],
    ['an address of no pool', ['192.0.2.1', ...of('c3'), '--force'], 1, /192\.0\.2\.1 is in no pool/],
    ['a gateway', ['10.84.0.1', ...of('c3'), '--force'], 1, /10\.84\.0\.1 of pool "desk" is never given out/],
    ['what is no address', ['10.84.0', ...of('c3')], 2, /"10\.84\.0" is no address/],
    ['no Pod', ['10.84.0.2', '--container', 'c3', '--network', 'net'], 2, /required option '--pod <namespace\/name>'/],
    [
      'a Pod without a namespace',
      ['10.84.0.2', '--pod', 'web-0', '--container', 'c3', '--network', 'net'],
      2,
      /--pod web-0 is not NAMESPACE\/NAME/,
    ],
    ['a container with a slash', ['10.84.0.2', ...of('a/b'), '--force'], 1, /container_id "a\/b" is not a name/],
    ['no reason', ['10.84.0.2', ...of('c3'), '--force', '--reason', ''], 1, /reason is empty/],
  ])('refuses %s', async (_, args, exit, says) => {
    const { exit: status, stdout, stderr } = await cli('set', ...args);
    expect(stdout + stderr).toMatch(says);
    expect(status).toBe(exit);
  });
});
