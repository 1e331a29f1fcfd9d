import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';

const netns = '/var/run/netns/none';

describe('bad input to the CNI executable', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/29', args: ['--block-size', '29'] });
  const daemonSocket = daemon.socket;

  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  const config = (ipam: object = {}, more: object = {}) => ({
    cniVersion: '1.0.0',
    name: 'bad',
    type: 'ptp',
    ipam: { type: 'ipam-plugin', daemonSocket, ...ipam },
    ...more,
  });

  async function refused(input: unknown, parameters: Partial<Parameters<typeof cni>[2]> = {}) {
    const { exit, json, stdout } = await cni('ipam-plugin', input, {
      command: 'ADD',
      containerId: 'bad',
      netns,
      ...parameters,
    });
    expect(exit, stdout).toBe(1);
    return { code: json.code, msg: `${json.msg} ${json.details ?? ''}` };
  }

  const cases: readonly (readonly [what: string, input: () => unknown, code: number, says: RegExp])[] = [
    ['a configuration that is no JSON', () => `{"daemonSocket":"${daemonSocket}", oops`, 6, /not JSON/],
    ['JSON that is no object', () => `[{"daemonSocket":"${daemonSocket}"}]`, 6, /not a JSON object/],
    ['an unknown version', () => config({}, { cniVersion: '9.9.9' }), 1, /"9\.9\.9" is not supported.*1\.1\.0/],
    ['no network name', () => ({ ...config(), name: undefined }), 7, /no name/],
    ['a network name with a slash', () => config({}, { name: 'a/b' }), 7, /name: .*"a\/b"/],
    ['an unknown key', () => config({ nodeBlokSize: 24 }), 2, /ipam\.nodeBlokSize = 24.*known keys: .*nodeBlockSize/],
    ['an unknown type', () => config({ type: 'host-locl' }), 7, /ipam\.type "host-locl" is not served by ipam-plugin/],
    ['a family named twice', () => config({ families: [4, 4] }), 7, /ipam\.families: an IP family stands twice/],
    [
      'a requested address with an impossible length',
      () => config({}, { args: { cni: { ips: ['10.244.0.3/999'] } } }),
      7,
      /"999" is not a number from 0 to 32/,
    ],
    ['a bad value', () => config({ nodeBlockSize: 'big' }), 7, /ipam\.nodeBlockSize: .*"big"/],
    [
      'a CIDR with host bits',
      () => config({ ranges: [[{ subnet: '10.9.0.5/24' }]] }),
      7,
      /host bits are set; the network is 10\.9\.0\.0\/24/,
    ],
    [
      'a range outside its subnet',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24', rangeStart: '10.8.0.9' }]] }),
      7,
      /rangeStart 10\.8\.0\.9 is outside subnet 10\.9\.0\.0\/24/,
    ],
    [
      'a range that ends before it begins',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24', rangeStart: '10.9.0.9', rangeEnd: '10.9.0.8' }]] }),
      7,
      /rangeStart is above rangeEnd/,
    ],
    [
      'IPv6 in an IPv4 field',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24', gateway: 'fd00::1' }]] }),
      7,
      /gateway fd00::1 is an IPv6 address, subnet 10\.9\.0\.0\/24 is IPv4/,
    ],
    [
      'families mixed in one set',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24' }, { subnet: 'fd00::/64' }]] }),
      7,
      /another IP family/,
    ],
    ['a subnet too small to allocate from', () => config({ ranges: [[{ subnet: '10.9.0.1/32' }]] }), 7, /too small/],
    [
      'a subnet that no interface can have',
      () => config({ ranges: [[{ subnet: 'ff02::/64' }]] }),
      7,
      /subnet ff02::\/64: no interface can have addresses of ff00::\/8, multicast/,
    ],
    [
      "another plugin's way to name addresses",
      () => config({ range: '10.9.0.0/24', exclude: ['10.9.0.9/32'] }),
      2,
      /unsupported ipam\.range = "10\.9\.0\.0\/24", ipam\.exclude = .*Whereabouts' key: write ranges/,
    ],
    [
      'ranges that overlap each other',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24' }], [{ subnet: '10.9.0.0/25' }]] }),
      7,
      /overlaps/,
    ],
    [
      'ranges that overlap a pool',
      () => config({ ranges: [[{ subnet: '10.244.0.0/30' }]] }),
      7,
      /overlaps SpiderIPPool "cluster-ipv4"/,
    ],
    ['a pool that does not exist', () => config({ pools: ['blue'] }), 7, /no pool is named "blue".*cluster-ipv4/],
    [
      'pools and ranges at once',
      () => config({ pools: ['a'], ranges: [[{ subnet: '10.9.0.0/24' }]] }),
      7,
      /pools and ranges/,
    ],
    [
      'another clusterCIDR than the daemon has',
      () => config({ clusterCIDR: '10.1.0.0/16' }),
      7,
      /"cluster-ipv4" has subnet 10\.244\.0\.0\/29, not 10\.1\.0\.0\/16/,
    ],
    [
      'another nodeBlockSize than the daemon has',
      () => config({ clusterCIDR: '10.244.0.0/29', nodeBlockSize: 24 }),
      7,
      /leases \/29 blocks, not \/24/,
    ],
    [
      'a resolv.conf that is not there',
      () => config({ resolvConf: '/nowhere/resolv.conf' }),
      5,
      /\/nowhere\/resolv\.conf cannot be read/,
    ],
    [
      'an address outside every pool',
      () => config({}, { args: { cni: { ips: ['192.0.2.1'] } } }),
      102,
      /192\.0\.2\.1 is in none of the pools: "cluster-ipv4" 10\.244\.0\.0\/29/,
    ],
    [
      'the gateway as an address',
      () => config({}, { args: { cni: { ips: ['10.244.0.1'] } } }),
      102,
      /10\.244\.0\.1 .*never given out/,
    ],
    ['the network address', () => config({}, { args: { cni: { ips: ['10.244.0.0'] } } }), 102, /never given out/],
    ['the broadcast address', () => config({}, { args: { cni: { ips: ['10.244.0.7'] } } }), 102, /never given out/],
    [
      'an unknown key of a route',
      () => config({ routes: [{ dst: '10.0.0.0/8', gateway: '10.0.0.1' }] }),
      2,
      /ipam\.routes\.0\.gateway = "10\.0\.0\.1"/,
    ],
    [
      'a route over a gateway of the other family',
      () => config({ routes: [{ dst: '10.0.0.0/8', gw: 'fd00::1' }] }),
      7,
      /dst and gw are of different IP families/,
    ],
    [
      'two addresses of one family in an old result',
      () => config({ ranges: [[{ subnet: '10.9.0.0/24' }], [{ subnet: '10.8.0.0/24' }]] }, { cniVersion: '0.2.0' }),
      7,
      /0\.2\.0 has one address of each IP family/,
    ],
  ];

  it.each(cases)('refuses %s', async (_what, input, code, says) => {
    const { code: got, msg } = await refused(input());
    expect(msg).toMatch(says);
    expect(got).toBe(code);
  });

  it('refuses an empty standard input', async () => {
    // Without a configuration the executable looks for the daemon where it is by default.
    const { code, msg } = await refused('', { env: { BERTH_CNI_TIMEOUT_MS: '50' } });
    expect([6, 11]).toContain(code);
    expect(msg).toMatch(/no network configuration|does not answer/);
    expect(await refused(`   {"ipam":{"daemonSocket":"${daemonSocket}"}}`)).toMatchObject({ code: 7 });
  });

  it.each([
    ['CNI_CONTAINERID', 'a\nb'],
    ['CNI_CONTAINERID', '../x'],
    ['CNI_CONTAINERID', ''],
    ['CNI_IFNAME', 'eth\n0'],
    ['CNI_IFNAME', 'a-name-that-is-too-long'],
    ['CNI_IFNAME', ''],
    ['CNI_NETNS', '/run/\nnetns'],
    ['CNI_NETNS', ''],
    ['CNI_ARGS', 'IP=10.0.0.1\nX=1'],
    ['CNI_ARGS', 'nonsense'],
    ['CNI_ARGS', 'FOO=1'],
    ['CNI_ARGS', 'IP=10.0.0.300'],
    ['CNI_PATH', '/usr/lib\n/cni'],
    ['CNI_COMMAND', 'ADD\n'],
    ['CNI_COMMAND', 'ERASE'],
  ])('refuses %s=%j and names it', async (name, value) => {
    const { code, msg } = await refused(config(), { env: { [name]: value } });
    expect(code).toBe(4);
    expect(msg).toContain(name);
  });

  it('refuses 10 MB of standard input, and goes on serving', async () => {
    const { code, msg } = await refused(`{"daemonSocket":"${daemonSocket}","x":"${'a'.repeat(10_000_000)}"}`);
    expect({ code, msg }).toEqual({ code: 7, msg: expect.stringMatching(/over 4194304 bytes/) });
    expect(await cni('ipam-plugin', config({}, { cniVersion: '1.1.0' }), { command: 'STATUS' })).toMatchObject({
      exit: 0,
    });
  });

  it('succeeds in DEL of a container that it never saw', async () => {
    expect(await cni('ipam-plugin', config(), { command: 'DEL', containerId: 'never' })).toMatchObject({
      exit: 0,
      stdout: '',
    });
  });

  it('collects for a runtime that knows of no attachment and writes null', async () => {
    await cni('ipam-plugin', config(), { command: 'ADD', containerId: 'left', netns });
    const gc = { ...config({}, { cniVersion: '1.1.0' }), 'cni.dev/valid-attachments': null };
    expect(await cni('ipam-plugin', gc, { command: 'GC' })).toMatchObject({ exit: 0 });
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toEqual([]);
  });

  it('releases by DEL although the configuration has become invalid', async () => {
    const added = await cni('ipam-plugin', config(), { command: 'ADD', containerId: 'odd', netns });
    expect(added.exit).toBe(0);
    expect(
      await cni('ipam-plugin', config({ nonsense: true }, { cniVersion: '9.9.9' }), {
        command: 'DEL',
        containerId: 'odd',
        netns,
      }),
    ).toMatchObject({ exit: 0 });
    const { stdout } = await daemon.cli('addresses', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('says of an exhausted pool which pools were tried, how full they are, and why the others were passed over', async () => {
    await daemon.cli('apply', '-f', new URL('other-pools.yaml', import.meta.url).pathname);
    for (let index = 0; index < 5; index += 1) {
      expect(await cni('ipam-plugin', config(), { command: 'ADD', containerId: `full${index}`, netns })).toMatchObject({
        exit: 0,
      });
    }
    const { code, msg } = await refused(config(), { containerId: 'one-too-many' });
    expect(code).toBe(100);
    expect(msg).toMatch(
      /no IPv4 address left: "cluster-ipv4" has 5 of 5 in use: node "node1" has 1 blocks, all full, and no block is left to lease/,
    );
    expect(msg).toMatch(/"not-default" is not a default pool/);
    expect(msg).toMatch(/"switched-off" is disabled/);
    const event = await daemon.cli('check');
    expect(event).toMatchObject({ exit: 0 });
  });
});
