import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { waitFor } from '../kit/wait.ts';
import { CliWorld, networkOf, poolText } from './cli-world.ts';

describe('pools by ipam-cli', () => {
  const world = new CliWorld();
  const { daemon, directory, cli, manifest } = world;

  beforeAll(() => daemon.start());
  afterAll(() => world.remove());

  it('applies, shows, changes and deletes pools', async () => {
    const file = manifest(
      'blue.json',
      poolText('blue', { subnet: '10.50.0.0/24', ips: ['10.50.0.10-10.50.0.20'], gateway: '10.50.0.1' }),
    );
    expect((await cli('apply', '-f', file)).stdout).toBe('spiderippool/blue created\n');
    expect((await cli('apply', '-f', file)).stdout).toBe('spiderippool/blue unchanged\n');
    manifest(
      'blue.json',
      poolText('blue', { subnet: '10.50.0.0/24', ips: ['10.50.0.10-10.50.0.30'], gateway: '10.50.0.1' }),
    );
    expect((await cli('apply', '-f', file)).stdout).toBe('spiderippool/blue configured\n');
    expect((await cli('pools')).stdout).toMatch(/blue +4 +10\.50\.0\.0\/24 +shared +21 +0 +21 +0\.0% +false/);
    expect((await cli('get', 'sp', 'blue', '-o', 'yaml')).stdout).toMatch(
      /kind: SpiderIPPool[\s\S]*subnet: 10\.50\.0\.0\/24/,
    );
    const printed = manifest('printed.yaml', (await cli('get', 'pool', '-o', 'yaml')).stdout);
    expect((await cli('apply', '-f', printed)).stdout).toBe(
      'spiderippool/blue unchanged\nspiderippool/cluster-ipv4 unchanged\n',
    );
    expect((await cli('delete', 'pool', 'blue')).stdout).toBe('spiderippool/blue deleted\n');
    expect(await cli('get', 'pool', 'blue')).toMatchObject({ exit: 4 });
  });

  it('warns of what is taken and does not do what it seems to; shows the columns that kubectl shows', async () => {
    const spec = { subnet: '10.51.0.0/24', nodeName: ['n1'], nodeAffinity: { matchLabels: { a: 'b' } } };
    const ranges = { ...spec, ips: ['10.51.0.10-10.51.0.20'] };
    expect(await cli('apply', '-f', manifest('odd.json', poolText('odd', ranges)))).toMatchObject({
      stdout: 'spiderippool/odd created\n',
      stderr: 'warning: SpiderIPPool "odd": spec.nodeAffinity is not looked at, because spec.nodeName names nodes\n',
    });
    const { stdout } = await cli('get', 'sp', 'odd', '-o', 'wide');
    expect(stdout).toMatch(/NAME +VERSION +SUBNET +ALLOCATED-IP-COUNT +TOTAL-IP-COUNT +DEFAULT +DISABLE +NODENAME/);
    expect(stdout).toMatch(/odd +4 +10\.51\.0\.0\/24 +0 +11 +false +false +n1 /);
    await cli('delete', 'sp', 'odd');
  });

  it('gives a pool the way out of its subnet, and keeps the subnet while it has pools', async () => {
    const office = JSON.stringify({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderSubnet',
      metadata: { name: 'office' },
      spec: { subnet: '10.52.0.0/24', gateway: '10.52.0.1', ips: ['10.52.0.10-10.52.0.99'] },
    });
    const desks = poolText('desks', { subnet: '10.52.0.0/24', ips: ['10.52.0.10-10.52.0.20'] });
    const file = manifest('office.yaml', `${office}\n---\n${desks}`);
    expect((await cli('apply', '-f', file)).stdout).toBe('spidersubnet/office created\nspiderippool/desks created\n');
    expect((await cli('apply', '-f', file)).stdout).toBe(
      'spidersubnet/office unchanged\nspiderippool/desks unchanged\n',
    );
    expect((await cli('get', 'pool', 'desks', '-o', 'yaml')).stdout).toContain('gateway: 10.52.0.1');
    expect(await cli('delete', 'ss', 'office')).toMatchObject({
      exit: 0,
      stdout: 'spidersubnet/office is being deleted: it goes when nothing of it is in use any more\n',
    });
    expect((await cli('get', 'ss')).stdout).toMatch(/\noffice .*Terminating/);
    await cli('delete', 'pool', 'desks');
    await waitFor('the subnet to go', async () => ((await cli('get', 'ss', 'office')).exit === 0 ? undefined : true));
  });

  it('deletes a manifest of a subnet with its pools, in whatever order', async () => {
    const floor = JSON.stringify({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderSubnet',
      metadata: { name: 'floor' },
      spec: { subnet: '10.53.0.0/24' },
    });
    const names = Array.from({ length: 10 }, (_, n) => `room-${n}`);
    const rooms = names.map((name, n) => poolText(name, { subnet: '10.53.0.0/24', ips: [`10.53.0.${n + 1}`] }));
    const file = manifest('floor.yaml', [floor, ...rooms].join('\n---\n'));
    expect(await cli('apply', '-f', file)).toMatchObject({ exit: 0 });
    const { exit, stdout } = await cli('delete', '-f', file);
    expect([exit, stdout.trim().split('\n').slice(1)]).toEqual([
      0,
      names.map((name) => `spiderippool/${name} deleted`),
    ]);
    await waitFor('the subnet to go', async () => ((await cli('get', 'ss', 'floor')).exit === 0 ? undefined : true));
  });

  it('masks host bits in routes, with a warning, and gives nothing of an empty list of addresses', async () => {
    const spec = { subnet: '10.54.0.0/24', ips: [], routes: [{ dst: '10.200.3.4/16', gw: '10.54.0.1' }] };
    const { exit, stderr } = await cli('apply', '-f', manifest('empty.json', poolText('empty', spec)));
    expect(exit).toBe(0);
    expect(stderr).toContain('spec.routes: 10.200.3.4/16 has host bits, and is taken for 10.200.0.0/16');
    expect(stderr).toContain('spec.ips names no address, so the pool gives none out');
    const { stdout } = await cli('get', 'pool', 'empty', '-o', 'json');
    expect(JSON.parse(stdout).spec).toMatchObject({ ips: [], routes: [{ dst: '10.200.0.0/16', gw: '10.54.0.1' }] });
    expect((await cli('pools')).stdout).toMatch(/\nempty .* 0 +0 +0 +- +false/);
    await cli('delete', 'pool', 'empty');
  });

  const overlap = /overlaps SpiderIPPool "cluster-ipv4": both offer 10\.244\.5\.1-10\.244\.5\.254/;
  const refused: readonly (readonly [what: string, spec: object, says: RegExp])[] = [
    [
      'host bits in the subnet',
      { subnet: '10.60.0.1/24' },
      /spec: subnet: .*host bits are set; the network is 10\.60\.0\.0\/24/,
    ],
    ['overlap with another pool', { subnet: '10.244.5.0/24' }, overlap],
    [
      'a range outside the subnet',
      { subnet: '10.60.0.0/24', ips: ['10.61.0.1-10.61.0.9'] },
      /spec\.ips: 10\.61\.0\.1-10\.61\.0\.9 is outside spec\.subnet/,
    ],
    [
      'blocks larger than the pool',
      { subnet: '10.60.0.0/24', blockSize: 20 },
      /spec\.blockSize \/20 is larger than spec\.subnet 10\.60\.0\.0\/24/,
    ],
    ['blocks with no room', { subnet: '10.60.0.0/24', blockSize: 31 }, /leaves no address for Pods/],
    [
      'the wrong family',
      { subnet: '10.60.0.0/24', ipVersion: 6 },
      /spec\.ipVersion is 6, but spec\.subnet 10\.60\.0\.0\/24 is IPv4/,
    ],
    [
      'an IPv6 gateway for IPv4',
      { subnet: '10.60.0.0/24', gateway: 'fd00::1' },
      /spec\.gateway fd00::1 is outside spec\.subnet/,
    ],
    [
      'the network address for a gateway',
      { subnet: '10.60.0.0/24', gateway: '10.60.0.0' },
      /network or broadcast address/,
    ],
    [
      'nothing left to give',
      { subnet: '10.60.0.0/30', excludeIPs: ['10.60.0.1-10.60.0.2'] },
      /no address is left to give out/,
    ],
    [
      'an unknown field',
      { subnet: '10.60.0.0/24', gatway: '10.60.0.1' },
      /unknown key "gatway"; known keys: .*gateway/,
    ],
  ];
  it.each(refused)('refuses a pool with %s', async (_what, spec, says) => {
    const { exit, stdout, stderr } = await cli('apply', '-f', manifest('bad.json', poolText('bad', spec)));
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toMatch(says);
  });

  it('refuses to orphan addresses, by shrinking and by reserving, and keeps a pool that is deleted until it is empty', async () => {
    await cli('apply', '-f', manifest('used.json', poolText('used', { subnet: '10.70.0.0/24' })));
    const config = {
      ...networkOf(daemon.socket),
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, pools: ['used'] },
    };
    const { json } = await cni('ipam-plugin', config, { command: 'ADD', containerId: 'u', netns: '/var/run/netns/x' });
    const [address = ''] = (json.ips?.[0]?.address ?? '').split('/');
    const shrunk = await cli(
      'apply',
      '-f',
      manifest('used.json', poolText('used', { subnet: '10.70.0.0/24', excludeIPs: [address] })),
    );
    expect(shrunk).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining(`drops addresses that are in use: ${address}`),
    });
    const reserved = {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderReservedIP',
      metadata: { name: 'r' },
      spec: { ips: [address] },
    };
    expect(await cli('apply', '-f', manifest('r.json', JSON.stringify(reserved)))).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('in use'),
    });
    expect(await cli('delete', 'pool', 'used')).toMatchObject({
      exit: 0,
      stdout: 'spiderippool/used is being deleted: it goes when nothing of it is in use any more\n',
    });
    expect((await cli('get', 'pool', 'used')).stdout).toMatch(/STATUS.*\nused .*Terminating/);
    expect((await cli('pools')).stdout).toMatch(/\nused .* terminating/);
    expect(await cli('apply', '-f', join(directory, 'used.json'))).toMatchObject({
      exit: 1,
      stdout: expect.stringMatching(/refused: SpiderIPPool "used" is being deleted, since /),
    });
    const other = { command: 'ADD', containerId: 'w', netns: '/var/run/netns/x' } as const;
    expect(await cni('ipam-plugin', config, other)).toMatchObject({ exit: 1 });
    await cni('ipam-plugin', config, { command: 'DEL', containerId: 'u' });
    await waitFor('the pool to go', async () => ((await cli('get', 'pool', 'used')).exit === 0 ? undefined : true));
    await cli('apply', '-f', manifest('used.json', poolText('used', { subnet: '10.70.0.0/24' })));
    expect(await cli('apply', '-f', join(directory, 'r.json'))).toMatchObject({ exit: 0 });
    const again = { ...config, args: { cni: { ips: [address] } } };
    expect(
      await cni('ipam-plugin', again, { command: 'ADD', containerId: 'v', netns: '/var/run/netns/x' }),
    ).toMatchObject({ exit: 1, json: { code: 102 } });
    expect(await cli('delete', '-f', join(directory, 'r.json'))).toMatchObject({ exit: 0 });
    expect(await cli('delete', 'pool', 'used')).toMatchObject({ exit: 0, stdout: 'spiderippool/used deleted\n' });
  });

  it('goes on with the others when one resource is refused', async () => {
    const text = [
      poolText('good', { subnet: '10.80.0.0/24' }),
      poolText('clash', { subnet: '10.244.9.0/24' }),
      poolText('fine', { subnet: '10.81.0.0/24' }),
    ].join('\n---\n');
    const { exit, stdout } = await cli('apply', '-f', manifest('three.yaml', text));
    expect(exit).toBe(1);
    expect(stdout).toMatch(/good created\n.*clash refused: .*overlaps[\s\S]*fine created/);
    await cli('delete', 'pool', 'good');
    await cli('delete', 'pool', 'fine');
  });

  it('says what would come of it, and changes nothing: apply, diff, delete and forget', async () => {
    const file = manifest('dry.yaml', poolText('dry', { subnet: '10.82.0.0/24' }));
    expect(await cli('apply', '-f', file, '--dry-run')).toMatchObject({
      exit: 0,
      stdout: 'spiderippool/dry created (dry run)\n',
    });
    const created = await cli('diff', '-f', file);
    expect(created).toMatchObject({ exit: 7, stdout: expect.stringMatching(/^\+ {2}subnet: 10\.82\.0\.0\/24$/m) });
    expect(await cli('get', 'pool', 'dry')).toMatchObject({ exit: 4 });
    await cli('apply', '-f', file);
    expect(await cli('diff', '-f', file)).toMatchObject({ exit: 0, stdout: '' });
    const changed = manifest('dry.yaml', poolText('dry', { subnet: '10.82.0.0/24', disable: true }));
    expect((await cli('diff', '-f', changed)).stdout).toMatch(
      /^--- spiderippool\/dry \(now\)\n.*^\+ {2}disable: true$/ms,
    );
    const clash = manifest('clash.yaml', poolText('clash', { subnet: '10.82.0.0/25' }));
    for (const words of [
      ['apply', '-f', clash, '--dry-run'],
      ['diff', '-f', clash],
    ]) {
      const { exit, stdout, stderr } = await cli(...words);
      expect({ exit, said: `${stdout}${stderr}` }).toMatchObject({
        exit: 1,
        said: expect.stringContaining('overlaps'),
      });
    }
    expect(await cli('delete', 'pool', 'dry', '--dry-run')).toMatchObject({
      exit: 0,
      stdout: 'spiderippool/dry deleted (dry run)\n',
    });
    expect(await cli('delete', 'pool', 'nothing', '--dry-run')).toMatchObject({ exit: 4 });
    expect(await cli('delete', 'pool', 'dry')).toMatchObject({ exit: 0 });
    expect(await cli('forget', 'gone', '--force', '--dry-run')).toMatchObject({
      exit: 0,
      stdout: 'node "gone" would be forgotten: 0 blocks and 0 claims would be free again\n',
    });
  });
});
