import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, httpStatus } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

const network = (daemonSocket: string) => ({
  cniVersion: '1.0.0',
  name: 'net',
  type: 'ptp',
  ipam: { type: 'ipam-plugin', daemonSocket },
});

describe('ipam-cli against a real daemon', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  const directory = mkdtempSync(join(tmpdir(), 'berth-cli-'));
  const cli = (...args: string[]) => daemon.cli(...args);
  const manifest = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const pool = (name: string, spec: object): string =>
    JSON.stringify({ apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec });

  beforeAll(() => daemon.start());
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await daemon.remove();
  });

  it('leases a block to a node, shows it, and hands it back', async () => {
    expect((await cli('allocate', 'node7')).stdout).toMatch(
      /CIDR +NODE +POOL +TOTAL +USED +AVAILABLE +USAGE +AGE\n10\.244\.0\.0\/24 +node7 +cluster-ipv4 +253 +0 +253 +0\.0%/,
    );
    expect(JSON.parse((await cli('blocks', 'node7', '-o', 'json')).stdout)).toMatchObject([
      { cidr: '10.244.0.0/24', node_id: 'node7', total: 253, used: 0 },
    ]);
    expect((await cli('stats')).stdout).toMatch(/Pool Statistics:\n {2}Nodes: +1\n {2}Blocks: +1\n {2}Addresses: +253/);
    expect(await cli('release', 'node7', '10.244.0.0/24')).toMatchObject({
      exit: 0,
      stdout: 'block 10.244.0.0/24 released from node "node7"\n',
    });
    expect(await cli('release', 'node7', '10.244.0.0/24')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('does not lease block 10.244.0.0/24: nobody leases it'),
    });
    expect(await cli('release', 'node7', '10.244.0.1/24')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('host bits are set'),
    });
  });

  it('shows who holds an address, and does not hand back a block in use', async () => {
    const args = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0';
    await cni('ipam-plugin', network(daemon.socket), {
      command: 'ADD',
      containerId: 'abc',
      netns: '/var/run/netns/x',
      args,
    });
    for (const subject of ['10.244.0.2', 'abc', 'shop/web-0']) {
      expect((await cli('lookup', subject)).stdout).toMatch(
        /10\.244\.0\.2\/24 +shop\/web-0 +abc +eth0 +node1 +cluster-ipv4/,
      );
    }
    expect(await cli('lookup', '10.244.0.99')).toMatchObject({ exit: 4 });
    expect(JSON.parse((await cli('addresses', '--namespace', 'shop', '-o', 'json')).stdout)).toHaveLength(1);
    expect(await cli('release', 'node1', '10.244.0.0/24')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('still has 1 addresses in use'),
    });
    expect(await cli('forget', 'node1')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("is this daemon's own and is not forgotten"),
    });
    expect((await cli('forget', 'gone', '--force')).stdout).toContain('0 blocks and 0 claims');
    expect((await cli('addresses', '-o', 'wide')).stdout).toContain('/var/run/netns/x');
    expect((await cli('addresses', '-o', 'yaml')).stdout).toContain('container_id: abc');
    await cni('ipam-plugin', network(daemon.socket), { command: 'DEL', containerId: 'abc' });
    expect((await cli('stats', '-o', 'json')).stdout).toContain('"cooling_down_ips": 1');
  });

  it('applies, shows, changes and deletes pools', async () => {
    const file = manifest(
      'blue.json',
      pool('blue', { subnet: '10.50.0.0/24', ips: ['10.50.0.10-10.50.0.20'], gateway: '10.50.0.1' }),
    );
    expect((await cli('apply', '-f', file)).stdout).toBe('spiderippool/blue created\n');
    expect((await cli('apply', '-f', file)).stdout).toBe('spiderippool/blue unchanged\n');
    manifest(
      'blue.json',
      pool('blue', { subnet: '10.50.0.0/24', ips: ['10.50.0.10-10.50.0.30'], gateway: '10.50.0.1' }),
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
    expect(await cli('apply', '-f', manifest('odd.json', pool('odd', ranges)))).toMatchObject({
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
    const desks = pool('desks', { subnet: '10.52.0.0/24', ips: ['10.52.0.10-10.52.0.20'] });
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
    const rooms = names.map((name, n) => pool(name, { subnet: '10.53.0.0/24', ips: [`10.53.0.${n + 1}`] }));
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
    const { exit, stderr } = await cli('apply', '-f', manifest('empty.json', pool('empty', spec)));
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
    const { exit, stdout, stderr } = await cli('apply', '-f', manifest('bad.json', pool('bad', spec)));
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toMatch(says);
  });

  it('refuses to orphan addresses, by shrinking and by reserving, and keeps a pool that is deleted until it is empty', async () => {
    await cli('apply', '-f', manifest('used.json', pool('used', { subnet: '10.70.0.0/24' })));
    const config = {
      ...network(daemon.socket),
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, pools: ['used'] },
    };
    const { json } = await cni('ipam-plugin', config, { command: 'ADD', containerId: 'u', netns: '/var/run/netns/x' });
    const [address = ''] = (json.ips?.[0]?.address ?? '').split('/');
    const shrunk = await cli(
      'apply',
      '-f',
      manifest('used.json', pool('used', { subnet: '10.70.0.0/24', excludeIPs: [address] })),
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
    await cli('apply', '-f', manifest('used.json', pool('used', { subnet: '10.70.0.0/24' })));
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
      pool('good', { subnet: '10.80.0.0/24' }),
      pool('clash', { subnet: '10.244.9.0/24' }),
      pool('fine', { subnet: '10.81.0.0/24' }),
    ].join('\n---\n');
    const { exit, stdout } = await cli('apply', '-f', manifest('three.yaml', text));
    expect(exit).toBe(1);
    expect(stdout).toMatch(/good created\n.*clash refused: .*overlaps[\s\S]*fine created/);
    await cli('delete', 'pool', 'good');
    await cli('delete', 'pool', 'fine');
  });

  it('says what would come of it, and changes nothing: apply, diff, delete and forget', async () => {
    const file = manifest('dry.yaml', pool('dry', { subnet: '10.82.0.0/24' }));
    expect(await cli('apply', '-f', file, '--dry-run')).toMatchObject({
      exit: 0,
      stdout: 'spiderippool/dry created (dry run)\n',
    });
    const created = await cli('diff', '-f', file);
    expect(created).toMatchObject({ exit: 7, stdout: expect.stringMatching(/^\+ {2}subnet: 10\.82\.0\.0\/24$/m) });
    expect(await cli('get', 'pool', 'dry')).toMatchObject({ exit: 4 });
    await cli('apply', '-f', file);
    expect(await cli('diff', '-f', file)).toMatchObject({ exit: 0, stdout: '' });
    const changed = manifest('dry.yaml', pool('dry', { subnet: '10.82.0.0/24', disable: true }));
    expect((await cli('diff', '-f', changed)).stdout).toMatch(
      /^--- spiderippool\/dry \(now\)\n.*^\+ {2}disable: true$/ms,
    );
    const clash = manifest('clash.yaml', pool('clash', { subnet: '10.82.0.0/25' }));
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

  it('writes what whoever helps from afar needs to see', async () => {
    const archive = join(directory, 'case.tar.gz');
    const { exit, stdout, stderr } = await cli('bundle', archive);
    expect({ exit, stdout, stderr }).toMatchObject({
      ...{ exit: 0, stderr: '' },
      stdout: expect.stringContaining('check.json'),
    });
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', directory]);
    const read = (name: string): string => readFileSync(join(directory, 'case', name), 'utf8');
    expect(JSON.parse(read('about.json'))).toMatchObject({ daemon: { node_id: 'node1' } });
    expect(JSON.parse(read('check.json'))).toMatchObject({ violations: [] });
    expect(JSON.parse(read('objects-SpiderIPPool.json'))).toMatchObject({ items: [{ kind: 'SpiderIPPool' }] });
    expect(read('metrics.txt')).toContain('ipam_attachments');
    expect(JSON.parse(read('health.json'))).toMatchObject({ status: 'ready' });
  });

  it('says by its exit status and on standard error what went wrong', async () => {
    expect(await cli('nonsense')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("unknown command 'nonsense'"),
    });
    expect(await cli('stats', '-o', 'xml')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('Allowed choices are table, wide, json, yaml'),
    });
    expect(await cli('get', 'planet')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('unknown kind "planet"'),
    });
    expect(await cli('apply', '-f', '/nowhere.yaml')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('/nowhere.yaml'),
    });
    const away = await run(join(bin, 'ipam-cli'), [
      '--daemon',
      '/nowhere/ipam.sock',
      '--timeout',
      '2',
      '-o',
      'json',
      'stats',
    ]);
    expect(away.exit).toBe(5);
    expect(JSON.parse(away.stderr)).toMatchObject({
      code: 'unreachable',
      error: expect.stringContaining('/nowhere/ipam.sock'),
    });
    expect(await cli('--help')).toMatchObject({ exit: 0, stdout: expect.stringContaining('Exit status:') });
    expect(await cli('version')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/ipam-daemon +\d+\.\d+\.\d+ \(node node1\)/),
    });
  });

  it('puts an address into quarantine, says who holds it, and lifts it again', async () => {
    await cli('apply', '-f', manifest('lab.json', pool('lab', { subnet: '10.91.0.0/29', gateway: '10.91.0.1' })));
    const client = openClient(daemon.socket, 60_000);
    try {
      const pools = ['lab'];
      const node_id = 'n9';
      const { ip } = await client.call('AllocateIP', { node_id, container_id: 'lab1', pools });
      expect(await cli('quarantine', ip, '--reason', 'answers ARP', '--for', '7d')).toMatchObject({
        exit: 0,
        stdout: `address ${ip} is in quarantine; container lab1 of no Pod on node "n9" holds it until it is deleted\n`,
      });
      expect((await cli('get', 'reservedip', '-o', 'wide')).stdout).toMatch(
        /QUARANTINE +UNTIL[\s\S]*answers ARP +\d{4}-/,
      );
      await client.call('ReleaseIP', { container_id: 'lab1' });
      await expect(
        client.call('AllocateIP', { node_id, container_id: 'lab2', pools, ips: [ip] }),
      ).rejects.toMatchObject({ message: expect.stringContaining('is in quarantine: answers ARP') });
      expect(await cli('check')).toMatchObject({ exit: 0 });
      expect(await cli('lift', ip)).toMatchObject({ exit: 0, stdout: `address ${ip} may be given out again\n` });
      expect(await client.call('AllocateIP', { node_id, container_id: 'lab2', pools, ips: [ip] })).toMatchObject({
        ip,
      });
      await client.call('ReleaseIP', { container_id: 'lab2' });
    } finally {
      client.close();
    }
    expect(await cli('lift', '10.91.0.2')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('not in quarantine'),
    });
    expect(await cli('quarantine', '192.0.2.1', '--reason', 'x')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('no pool has the address 192.0.2.1'),
    });
    expect(await cli('quarantine', '10.91.0.2', '--reason', 'x', '--for', 'long')).toMatchObject({ exit: 2 });
    expect(await cli('delete', 'pool', 'lab')).toMatchObject({ exit: 0 });
  });

  it('says of a watch and a bad timeout what is wrong', async () => {
    const away = await run(join(bin, 'ipam-cli'), ['--daemon', '/nowhere/ipam.sock', 'watch']);
    expect(away).toMatchObject({ exit: 5, stderr: expect.stringContaining('does not answer') });
    expect(await cli('--timeout', 'abc', 'stats')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--timeout abc'),
    });
  });

  it('answers health checks, and ends in good order', async () => {
    expect(await httpStatus(daemon.socket, '/healthz')).toBe(200);
    expect(await httpStatus(daemon.socket, '/readyz')).toBe(200);
    expect(await httpStatus(daemon.socket, '/metrics')).toBe(200);
    expect(await cli('check')).toMatchObject({ exit: 0 });
    expect(await daemon.stop()).toBe(0);
  });
});
