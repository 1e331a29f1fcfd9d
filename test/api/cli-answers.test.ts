import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

const resource = (kind: string, name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'spiderpool.spidernet.io/v2beta1', kind, metadata: { name }, spec });
const pool = (name: string, spec: object) => resource('SpiderIPPool', name, spec);

describe('what ipam-cli answers', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  const directory = mkdtempSync(join(tmpdir(), 'berth-answers-'));
  const cli = (...args: string[]) => daemon.cli(...args);
  const bare = (...args: string[]) => run(join(bin, 'ipam-cli'), args, { env: { PATH: process.env.PATH ?? '' } });
  const apply = (text: string) => {
    writeFileSync(join(directory, 'm.yaml'), text);
    return cli('apply', '-f', join(directory, 'm.yaml'));
  };

  beforeAll(async () => {
    await daemon.start();
    await apply(
      [
        pool('lab', {
          subnet: '10.50.0.0/24',
          gateway: '10.50.0.1',
          ips: ['10.50.0.10-10.50.0.40'],
          excludeIPs: ['10.50.0.12'],
        }),
        resource('SpiderReservedIP', 'printers', { ips: ['10.50.0.20'] }),
      ].join('\n---\n'),
    );
    const client = openClient(daemon.socket, 60_000);
    const held = { node_id: 'node1', pools: ['lab'], pod_namespace: 'shop', pod_name: 'web-0' };
    await client.call('AllocateIP', { ...held, container_id: 'c1', ips: ['10.50.0.30'] });
    await client.call('AllocateIP', { ...held, container_id: 'c2', ips: ['10.50.0.31'] });
    await client.call('ReleaseIP', { container_id: 'c2' });
    await client.call('AllocateIP', { node_id: 'node1', container_id: 'c3' });
    client.close();
    await cli('quarantine', '10.50.0.25', '--reason', 'answers ARP');
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await daemon.remove();
  });

  describe('to a look-up of an address', () => {
    it.each([
      ['10.50.0.30', 'held', 0, /shop\/web-0 +c1/],
      ['10.50.0.31', 'cooling-down', 4, /cools down until \d{4}-.*Z/],
      ['10.50.0.32', 'free', 4, /10\.50\.0\.32 of pool "lab" is free/],
      ['10.50.0.1', 'gateway', 4, /is the gateway of pool "lab"/],
      ['10.50.0.0', 'network', 4, /is the network address/],
      ['10.50.0.255', 'broadcast', 4, /is the broadcast address/],
      ['10.50.0.20', 'reserved', 4, /is reserved/],
      ['10.50.0.25', 'quarantined', 4, /is in quarantine: answers ARP/],
      ['10.50.0.12', 'excluded', 4, /is excluded from pool "lab"/],
      ['10.50.0.50', 'unlisted', 4, /in none of its ranges/],
      ['192.0.2.1', 'outside', 4, /is in no pool/],
      ['fd00::1', 'outside', 4, /is in no pool/],
      ['10.244.0.0', 'network', 4, /network address of 10\.244\.0\.0\/24/],
      ['10.244.0.1', 'gateway', 4, /is the gateway of block 10\.244\.0\.0\/24/],
      ['10.244.0.99', 'free', 4, /is free, in block 10\.244\.0\.0\/24 of node "node1"/],
      ['10.244.0.255', 'broadcast', 4, /broadcast/],
      ['10.244.77.1', 'gateway', 4, /gateway of block 10\.244\.77\.0\/24/],
      ['10.244.77.9', 'free', 4, /no node leases its block/],
    ])('%s: %s', async (address, state, exit, says) => {
      expect(await cli('lookup', address)).toMatchObject({ exit, stdout: expect.stringMatching(says) });
      const data = await cli('lookup', address, '-o', 'json');
      expect(data.exit).toBe(exit);
      expect(JSON.parse(data.stdout)).toMatchObject({ address: { state } });
    });

    it('of a Pod or a container that nobody knows: not found', async () => {
      expect(await cli('lookup', 'shop/web-9')).toMatchObject({
        exit: 4,
        stderr: expect.stringContaining('shop/web-9'),
      });
      expect(await cli('lookup', 'nobody')).toMatchObject({ exit: 4 });
    });
  });

  describe('to a name that nothing has', () => {
    it.each([
      [['addresses', '--pool', 'lap'], /no pool is named "lap"\nhint: known: cluster-ipv4, lab/],
      [['addresses', '--node', 'node9'], /no node is known as "node9"\nhint: known: node1/],
      [['addresses', '--namespace', 'shp'], /namespace "shp"/],
      [['blocks', 'node9'], /no node is known as "node9"/],
      [['allocate', 'node1', '--pool', 'lap'], /no pool is named "lap"/],
      [['forget', 'node9'], /nothing is known of a node "node9".*\nhint: no other node is known; --force/],
      [['get', 'pool', 'lap'], /lap/],
    ])('%j: not found, and what there is', async (args, says) => {
      expect(await cli(...args)).toMatchObject({ exit: 4, stdout: '', stderr: expect.stringMatching(says) });
      const { stderr } = await cli(...args, '-o', 'json');
      expect(JSON.parse(stderr)).toMatchObject({ code: 'not-found' });
    });

    it('and to filters of which each is known, an empty answer', async () => {
      const empty = await cli('addresses', '--pool', 'cluster-ipv4', '--namespace', 'shop', '-o', 'json');
      expect(empty).toMatchObject({ exit: 0, stdout: '[]\n' });
    });

    it('forgets a node of which nothing is known when it is told that it knows', async () => {
      expect(await cli('forget', 'node9', '--force')).toMatchObject({ exit: 0 });
      await cli('allocate', 'node7');
      expect(await cli('forget', 'node9')).toMatchObject({ exit: 4, stderr: expect.stringContaining('known: node7') });
    });
  });

  describe('to delete -f of a manifest', () => {
    const subnet = { subnet: '10.60.0.0/24', gateway: '10.60.0.1', ips: ['10.60.0.10-10.60.0.99'] };
    const text = [
      resource('SpiderSubnet', 'office', subnet),
      pool('desks', { subnet: '10.60.0.0/24', ips: ['10.60.0.10-10.60.0.20'] }),
      pool('phones', { subnet: '10.60.0.0/24', ips: ['10.60.0.30-10.60.0.40'] }),
    ].join('\n---\n');

    it('goes on past what is missing, and a subnet goes after its pools', async () => {
      expect(await apply(text)).toMatchObject({ exit: 0 });
      const file = join(directory, 'm.yaml');
      await cli('delete', 'pool', 'desks');
      expect(await cli('delete', '-f', file)).toMatchObject({
        exit: 4,
        stdout: expect.stringMatching(
          /^spidersubnet\/office (deleted|is being deleted: .*)\nspiderippool\/desks not found\nspiderippool\/phones deleted\n$/,
        ),
      });
      await waitFor('the subnet to be gone', async () =>
        (await cli('get', 'ss', 'office')).exit === 4 ? true : undefined,
      );
      expect(await cli('delete', '-f', file, '--ignore-not-found')).toMatchObject({ exit: 0 });
      const { stdout } = await cli('delete', '-f', file, '--ignore-not-found', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject([
        { outcome: 'not found' },
        { outcome: 'not found' },
        { outcome: 'not found' },
      ]);
    });

    it('reports what is refused and what is still in use, and deletes the others', async () => {
      await apply([pool('lab2', { subnet: '10.61.0.0/24' }), pool('lab3', { subnet: '10.62.0.0/24' })].join('\n---\n'));
      const client = openClient(daemon.socket, 60_000);
      await client.call('AllocateIP', { node_id: 'node1', container_id: 'd1', pools: ['lab2'] });
      const { stdout: claims } = await cli('get', 'claim', '-o', 'yaml');
      const file = join(directory, 'all.yaml');
      writeFileSync(file, `${claims}\n---\n${readFileSync(join(directory, 'm.yaml'), 'utf8')}`);
      const { exit, stdout } = await cli('delete', '-f', file);
      expect(stdout).toMatch(
        /^ipclaim\/\S+ refused: [\s\S]*spiderippool\/lab2 is being deleted: .*\nspiderippool\/lab3 deleted\n$/,
      );
      expect(exit).toBe(1);
      await client.call('ReleaseIP', { container_id: 'd1' });
      client.close();
    });
  });

  describe('to wrong words', () => {
    const wrong: readonly (readonly string[])[] = [
      ['nonsense'],
      ['stats', '--nonsense'],
      ['forget'],
      ['lookup'],
      ['addresses', '--limit', 'x'],
      ['quarantine', '10.50.0.1'],
      ['delete'],
      ['get', 'planet'],
      ['--daemon', 'localhost', 'stats'],
      ['--daemon', 'localhost:nine', 'stats'],
      ['--daemon', '::1', 'stats'],
      ['--daemon', '', 'stats'],
      ['--timeout', 'never', 'stats'],
      ['members', 'nonsense'],
    ];
    it.each(wrong)('%j %j %j: status 2 and no stack trace, as data when data is asked for', async (...args) => {
      const words = args.filter((word) => word !== undefined);
      const text = await bare(...words);
      expect(text).toMatchObject({ exit: 2, stdout: '' });
      expect(text.stderr).toMatch(/^error: /m);
      expect(text.stderr).not.toMatch(/^ {4}at |ERR_/m);
      const json = await bare(...words, '-o', 'json');
      expect(json.exit).toBe(2);
      expect(JSON.parse(json.stderr)).toMatchObject({ error: expect.any(String), code: expect.any(String) });
      expect(parse((await bare('-o', 'yaml', ...words)).stderr)).toMatchObject({ error: expect.any(String) });
    });

    it('says why a daemon does not answer in words of its own', async () => {
      const port = await freePort();
      for (const [address, says] of [
        [`127.0.0.1:${port}`, /does not answer at .*: nobody listens there/],
        ['/nowhere/ipam.sock', /there is no such socket/],
        [join(directory, 'm.yaml'), /nobody listens there|that is no socket/],
        ['no-such-host.invalid:9090', /the name cannot be resolved/],
      ] as const) {
        const { exit, stderr } = await bare('--daemon', address, '--timeout', '20', 'stats');
        expect(exit).toBe(5);
        expect(stderr).toMatch(says);
        expect(stderr).not.toMatch(/UNAVAILABLE|Resolution note|Last error|\b14\b/);
      }
    });
  });

  it('lets the daemon end with status 1 and a hint when another program has its port', async () => {
    const port = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const second = new DaemonProcess({ args: ['--metrics-addr', `127.0.0.1:${port}`] });
    try {
      second.spawn();
      expect(await second.ended()).toBe(1);
      expect(second.log).toMatch(/cannot listen on 127\.0\.0\.1:\d+: another program does\nhint: ss -lntp/);
    } finally {
      taken.close();
      await second.remove();
    }
  });
});
