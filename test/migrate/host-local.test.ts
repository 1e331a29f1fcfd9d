import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { referencePlugins } from '../kit/paths.ts';
import { Random } from '../kit/random.ts';
import { holdings, migrate, migrateAndKill, Runtime } from './kit.ts';

const ranges = [
  [{ subnet: '10.30.0.0/24', rangeStart: '10.30.0.10', rangeEnd: '10.30.0.60' }],
  [{ subnet: 'fd30::/64' }],
];
const routes = [{ dst: '0.0.0.0/0' }];

describe('containers that host-local served', { timeout: 300_000 }, () => {
  let directory = '';
  let daemon: DaemonProcess;
  const network = (ipam: object) => ({ cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam });
  const hostLocal = () => ({ type: 'host-local', ranges, routes, dataDir: join(directory, 'networks') });
  const install = (ipam: object) =>
    writeFileSync(
      join(directory, 'net.d/10-net.conflist'),
      JSON.stringify({ cniVersion: '1.0.0', name: 'net', plugins: [network(ipam)] }),
    );
  const call = async (command: string, containerId: string): Promise<readonly string[]> => {
    const { exit, json, stdout } = await cni(`${referencePlugins}/host-local`, network(hostLocal()), {
      command,
      containerId,
      netns: '/n',
    });
    expect(exit, stdout).toBe(0);
    return json.ips?.map(({ address }) => `${address} ${containerId}`) ?? [];
  };
  const arguments_ = (to = `embedded:${daemon.dataDir}`): [string, string, ...string[]] => [
    `host-local:${join(directory, 'networks')}`,
    to,
    ...['--network-config', join(directory, 'net.d'), '--cni-cache', join(directory, 'cni'), '--node', 'node1'],
  ];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-host-local-'));
    for (const name of ['net.d', 'cni/results']) mkdirSync(join(directory, name), { recursive: true });
    daemon = new DaemonProcess({ clusterCidr: '' });
    install(hostLocal());
  });
  afterEach(async () => {
    await daemon.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('keep their addresses, and their DEL gives them back; killed at any moment', async () => {
    const held: string[] = [];
    for (let i = 0; i < 12; i += 1) held.push(...(await call('ADD', `old${i}`)));
    writeFileSync(
      join(directory, 'cni/results/net-old3-eth0'),
      JSON.stringify({
        kind: 'cniCacheV1',
        containerId: 'old3',
        ifName: 'eth0',
        networkName: 'net',
        cniArgs: [
          ['K8S_POD_NAMESPACE', 'shop'],
          ['K8S_POD_NAME', 'web-0'],
        ],
      }),
    );
    const early = await migrate(...arguments_());
    expect(early).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/10-net\.conflist: network "net" names host-local.*\nhint: stop it/s),
    });
    // It went on meanwhile: what came is found, what went goes.
    held.push(...(await call('ADD', 'late')));
    await call('DEL', 'old0');
    const expected = held.filter((text) => !text.endsWith(' old0')).sort();
    install({ type: 'ipam-plugin', ranges, routes });

    const random = new Random(3);
    for (let wait = 150; ; wait *= 1.4) {
      const end = await migrateAndKill(
        ...(arguments_().slice(0, 2) as [string, string]),
        wait + random.below(200),
        ...arguments_().slice(2),
      );
      if (end === undefined) continue;
      expect(end).toBe(0);
      break;
    }
    await daemon.start();
    expect(await holdings(daemon)).toEqual(expected);
    expect((await daemon.cli('lookup', 'shop/web-0', '-o', 'json')).stdout).toContain('"container_id": "old3"');
    const runtime = new Runtime(daemon.socket, { net: { ranges, routes } });
    const [former, fresh] = [await runtime.add('net', 'old1'), await runtime.add('net', 'new1')];
    expect(former.addresses.map((address) => `${address} old1`)).toEqual(held.filter((text) => text.endsWith(' old1')));
    for (const address of fresh.addresses) expect(expected.map((text) => text.split(' ')[0])).not.toContain(address);
    await runtime.del(former);
    expect(await holdings(daemon)).not.toContainEqual(expect.stringMatching(/ old1$/));
    expect((await daemon.cli('check')).stdout).toContain('all invariants hold');
    expect(readdirSync(join(directory, 'networks/net'))).toContain('last_reserved_ip.0');
    expect(await migrate(...arguments_())).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('another daemon uses the data'),
    });
    await daemon.stop();
    expect(await migrate(...arguments_())).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('was finished before'),
    });
  });

  it('are refused without a pool, and get one with --pool-for; the plan writes nothing', async () => {
    const held = [...(await call('ADD', 'a')), ...(await call('ADD', 'b'))];
    rmSync(join(directory, 'net.d/10-net.conflist'));
    expect(await migrate(...arguments_())).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/no pool has 10\.30\.0\.10.*--pool-for/s),
    });
    const wide = [...arguments_(), '--pool-for', '10.30.0.0/24', 'fd30::/64'] as [string, string, ...string[]];
    const plan = await migrate(...wide, '--dry-run');
    expect(plan.stdout).toMatch(/SpiderIPPool +2 +2 +0 +0\n(.*\n)*IPClaim +4 +4 +0 +0\n/);
    expect((await migrate(...wide)).exit).toBe(0);
    await daemon.start();
    expect(await holdings(daemon)).toEqual(held.sort());
  });

  it('keep addresses that no pool would give, until their DEL; then nobody gets them', async () => {
    await call('ADD', 'first');
    const odd = { gw: '10.30.0.1', bc: '10.30.0.255', old: '10.30.0.200' };
    for (const [container, address] of Object.entries(odd))
      writeFileSync(join(directory, 'networks/net', address), `${container}\r\neth0`);
    install({ type: 'ipam-plugin', ranges, routes });
    writeFileSync(join(directory, 'net.d/00-broken.conf'), '');
    const done = await migrate(...arguments_());
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    expect(done.stderr).toMatch(/00-broken\.conf is empty/);
    expect(done.stderr).toMatch(/10\.30\.0\.1, .* is the gateway of pool/);
    expect(done.stderr).toMatch(/10\.30\.0\.255, .* is the broadcast address of pool/);
    expect(done.stderr).toMatch(/10\.30\.0\.200, .* is no address that the ranges or exclusions leave/);
    await daemon.start();
    const held = Object.entries(odd).map(([container, address]) => `${address}/24 ${container}`);
    expect(await holdings(daemon)).toEqual(expect.arrayContaining(held));
    const runtime = new Runtime(daemon.socket, { net: { ranges, routes } });
    expect((await runtime.add('net', 'bc')).addresses).toEqual(['10.30.0.255/24']);
    await daemon.stop();
    await daemon.start();
    expect(await holdings(daemon)).toEqual(expect.arrayContaining(held));
    for (const containerId of Object.keys(odd)) await runtime.del({ network: 'net', containerId, addresses: [] });
    expect((await holdings(daemon)).length).toBe(2);
    const given: string[] = [];
    for (let i = 0; i < 50; i += 1) {
      const added = await runtime.tryAdd('net', `n${i}`);
      given.push(...(added?.addresses ?? []).filter((address) => address.includes('.')));
    }
    expect(given.length).toBe(50);
    for (const address of Object.values(odd)) expect(given).not.toContain(`${address}/24`);
  });

  it('in two networks of one whole subnet keep their addresses, and both networks go on', async () => {
    const whole = [[{ subnet: '172.16.28.0/24' }]];
    rmSync(join(directory, 'net.d/10-net.conflist'));
    for (const [at, name] of ['default', 'default-restricted'].entries()) {
      mkdirSync(join(directory, 'networks', name), { recursive: true });
      writeFileSync(join(directory, 'networks', name, `172.16.28.${at + 2}`), `c${at}\r\neth0`);
      const config = { cniVersion: '1.0.0', name, type: 'ptp', ipam: { type: 'ipam-plugin', ranges: whole } };
      writeFileSync(join(directory, `net.d/${name}.conf`), JSON.stringify(config));
    }
    const done = await migrate(...arguments_());
    expect(done, done.stdout).toMatchObject({ exit: 0 });
    await daemon.start();
    const networks = { default: { ranges: whole }, 'default-restricted': { ranges: whole } };
    const runtime = new Runtime(daemon.socket, networks);
    const given = ['172.16.28.2/24', '172.16.28.3/24'];
    for (const name of Object.keys(networks)) {
      const { addresses } = await runtime.add(name, `new-${name}`);
      expect(given).not.toContain(addresses[0]);
      given.push(...addresses);
    }
    expect((await daemon.cli('check')).stdout).toContain('all invariants hold');
    await runtime.del({ network: 'default', containerId: 'c0', addresses: [] });
    await runtime.del({ network: 'default-restricted', containerId: 'c1', addresses: [] });
    expect((await holdings(daemon)).length).toBe(2);
  });

  it('are a conflict when a file of theirs cannot be read: nothing is written, in the plan or in the run', async () => {
    await call('ADD', 'first');
    writeFileSync(join(directory, 'networks/net/10.30.0.44'), '');
    writeFileSync(join(directory, 'networks/net/fd30:0::2'), 'other\r\neth0');
    install({ type: 'ipam-plugin', ranges, routes });
    for (const more of [['--dry-run'], [], ['-o', 'json']]) {
      const { exit, stdout } = await migrate(...arguments_(), ...more);
      expect(exit).toBe(1);
      expect(stdout).toMatch(/file net\/10\.30\.0\.44.*it names no container/s);
      expect(stdout).toMatch(/fd30::2.*held by net\/.* \(file net\/fd30.*and by net\//s);
    }
    await daemon.start();
    expect(await holdings(daemon)).toEqual([]);
    expect(JSON.parse((await daemon.cli('pools', '-o', 'json')).stdout)).toEqual([]);
  });

  it('are taken back from a daemon that never served them', async () => {
    await call('ADD', 'a');
    expect((await migrate(...arguments_())).exit).toBe(2);
    expect(await migrate(...arguments_(), '--undo')).toMatchObject({ exit: 0 });
    await daemon.start();
    expect(await holdings(daemon)).toEqual([]);
    expect(JSON.parse((await daemon.cli('pools', '-o', 'json')).stdout)).toEqual([]);
  });
});
