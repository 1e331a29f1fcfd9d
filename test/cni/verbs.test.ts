import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin, root } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';
import { cuttingRelay } from './cutting-relay.ts';

const versions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;
const netns = '/var/run/netns/none';

/** The compiled executable, and the one for machines without a compiler. */
const programs = ['ipam-plugin', 'cni-plugin.ts'] as const;

describe.each(programs)('%s', (program) => {
  const daemon = new DaemonProcess();
  const config = (cniVersion: string, ipam: object = {}) => ({
    cniVersion,
    name: 'verbs',
    type: 'ptp',
    ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, ...ipam },
  });
  let next = 0;

  function call(input: unknown, command: string, more: Partial<Parameters<typeof cni>[2]> = {}) {
    if (program === 'ipam-plugin') return cni(program, input, { command, netns, ...more });
    return cni(process.execPath, input, { command, netns, ...more, script: join(root, 'src/main/cni-plugin.ts') });
  }

  const id = () => `c${++next}`;

  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  for (const version of versions) {
    it(`answers ADD in the form of ${version}, and DEL twice`, async () => {
      const containerId = id();
      const { exit, json } = await call(config(version, { routes: [{ dst: '0.0.0.0/0' }] }), 'ADD', { containerId });
      expect(exit).toBe(0);
      expect(json.cniVersion).toBe(version);
      if (version < '0.3.0') {
        expect(json.ip4?.ip).toMatch(/^10\.244\.0\.\d+\/24$/);
        expect(json.ip4?.gateway).toBe('10.244.0.1');
        expect(json.ip4?.routes).toEqual([{ dst: '0.0.0.0/0' }]);
        expect(json.ip6?.ip).toMatch(/^fd00:10:244::[0-9a-f]+\/64$/);
        expect(json.ips).toBeUndefined();
      } else {
        expect(json.ips).toHaveLength(2);
        expect(json.ips?.map((ip) => ip.version)).toEqual(version < '1.0.0' ? ['4', '6'] : [undefined, undefined]);
        expect(json.routes).toEqual([{ dst: '0.0.0.0/0' }]);
      }
      expect(await call(config(version), 'DEL', { containerId })).toMatchObject({ exit: 0, stdout: '' });
      expect(await call(config(version), 'DEL', { containerId })).toMatchObject({ exit: 0, stdout: '' });
    });

    it(`${version < '0.4.0' ? 'refuses' : 'answers'} CHECK in ${version}`, async () => {
      const containerId = id();
      const { json: prevResult } = await call(config(version), 'ADD', { containerId });
      const { exit, json } = await call({ ...config(version), prevResult }, 'CHECK', { containerId });
      expect({ exit, code: json.code }).toEqual(
        version < '0.4.0' ? { exit: 1, code: 1 } : { exit: 0, code: undefined },
      );
      await call(config(version), 'DEL', { containerId });
    });

    it(`${version < '1.1.0' ? 'refuses' : 'answers'} STATUS and GC in ${version}`, async () => {
      const expected = version < '1.1.0' ? { exit: 1, code: 1 } : { exit: 0, code: undefined };
      const status = await call(config(version), 'STATUS');
      expect({ exit: status.exit, code: status.json.code }).toEqual(expected);
      const gc = await call({ ...config(version), 'cni.dev/valid-attachments': [] }, 'GC');
      expect({ exit: gc.exit, code: gc.json.code }).toEqual(expected);
    });
  }

  it('answers VERSION with the versions it speaks', async () => {
    const { exit, json } = await call({ cniVersion: '0.4.0' }, 'VERSION');
    expect({ exit, json }).toEqual({ exit: 0, json: { cniVersion: '0.4.0', supportedVersions: [...versions] } });
  });

  it("finds the daemon by Spiderpool's key for its socket, when ours is not there", async () => {
    const containerId = id();
    const { daemonSocket, ...ipam } = config('1.0.0').ipam;
    const network = { ...config('1.0.0'), ipam: { ...ipam, ipam_unix_socket_path: daemonSocket } };
    expect((await call(network, 'ADD', { containerId })).json.ips).toHaveLength(2);
    const both = { ...network, ipam: { ...ipam, ipam_unix_socket_path: '/nowhere/x.sock', daemonSocket } };
    expect(await call(both, 'DEL', { containerId })).toMatchObject({ exit: 0, stdout: '' });
  });

  it('gives a repeated ADD the same addresses while there is no interface: the answer to the first was lost', async () => {
    const missing = { containerId: id(), ifname: 'missing0' };
    const first = await call(config('1.0.0'), 'ADD', missing);
    const second = await call(config('1.0.0'), 'ADD', missing);
    expect(second.json.ips).toEqual(first.json.ips);
    // A file that is no network namespace is what is left of one, and a namespace may be there without the interface.
    for (const where of ['/etc/hostname', '/proc/self/ns/net']) {
      const again = await call(config('1.0.0'), 'ADD', { ...missing, netns: where });
      if (needsRoot === '') expect(again.json.ips, where).toEqual(first.json.ips);
    }
    await call(config('1.0.0'), 'DEL', missing);
  });

  it('refuses an ADD that the runtime repeats while the interface is there, and releases nothing', async () => {
    const containerId = id();
    const lo = { containerId, ifname: 'lo', netns: '/proc/self/ns/net' };
    const first = await call(config('1.0.0'), 'ADD', lo);
    expect(first.json.ips).toHaveLength(2);
    const second = await call(config('1.0.0'), 'ADD', lo);
    expect({ exit: second.exit, code: second.json.code }).toEqual({ exit: 1, code: 103 });
    expect(second.json.msg).toContain('duplicate allocation is not allowed');
    const { stdout } = await daemon.cli('addresses', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject([{ container_id: containerId, ifname: 'lo' }]);
    expect(await call(config('1.0.0'), 'DEL', lo)).toMatchObject({ exit: 0 });
    expect((await call(config('1.0.0'), 'ADD', lo)).exit).toBe(0);
    await call(config('1.0.0'), 'DEL', lo);
  });

  it('answers again when the executable sends its call again, over a crash of the daemon', async () => {
    const containerId = id();
    const lo = { containerId, ifname: 'lo', netns: '/proc/self/ns/net' };
    const relay = await cuttingRelay(join(daemon.directory, `relay-${containerId}.sock`), daemon.socket, async () => {
      await daemon.crash();
      await daemon.start();
    });
    try {
      const first = await call(config('1.0.0', { daemonSocket: relay.path }), 'ADD', lo);
      expect(first.json.ips).toHaveLength(2);
      expect(relay.answers).toEqual(['kept back', 'passed on']);
      const second = await call(config('1.0.0'), 'ADD', lo);
      expect({ exit: second.exit, code: second.json.code }).toEqual({ exit: 1, code: 103 });
    } finally {
      await relay.close();
      await call(config('1.0.0'), 'DEL', lo);
    }
  });

  it('collects what GC does not list, of its own network only', async () => {
    const [kept, gone, foreign] = [id(), id(), id()];
    await call(config('1.1.0'), 'ADD', { containerId: kept });
    await call(config('1.1.0'), 'ADD', { containerId: gone });
    await call({ ...config('1.1.0'), name: 'foreign' }, 'ADD', { containerId: foreign });
    const valid = [{ containerID: kept, ifname: 'eth0' }];
    expect(await call({ ...config('1.1.0'), 'cni.dev/valid-attachments': valid }, 'GC')).toMatchObject({ exit: 0 });
    const { stdout } = await daemon.cli('addresses', '-o', 'json');
    const holders = (JSON.parse(stdout) as { container_id: string }[]).map(({ container_id }) => container_id);
    expect(holders.sort()).toEqual([kept, foreign].sort());
    await call(config('1.1.0'), 'DEL', { containerId: kept });
    await call({ ...config('1.1.0'), name: 'foreign' }, 'DEL', { containerId: foreign });
  });

  it.each([
    ['CNI_ARGS', () => ({ args: 'IgnoreUnknown=1;IP=10.244.0.77' }), {}],
    ['args.cni.ips', () => ({}), { args: { cni: { ips: ['10.244.0.77'] } } }],
    ['runtimeConfig.ips', () => ({}), { runtimeConfig: { ips: ['10.244.0.77/24'] } }],
  ] as const)('gives the address that %s asks for', async (_where, parameters, more) => {
    const containerId = id();
    const { json } = await call({ ...config('1.0.0'), ...more }, 'ADD', { containerId, ...parameters() });
    expect(json.ips?.[0]?.address).toBe('10.244.0.77/24');
    const second = await call({ ...config('1.0.0'), ...more }, 'ADD', { containerId: id(), ...parameters() });
    expect({ exit: second.exit, code: second.json.code }).toEqual({ exit: 1, code: 101 });
    expect(second.json.msg).toContain('10.244.0.77');
    await call(config('1.0.0'), 'DEL', { containerId });
  });

  it('takes host-local ranges, dual stack, with runtimeConfig.ipRanges as one set more', async () => {
    const containerId = id();
    const ranges = [
      [{ subnet: '10.9.0.0/24', rangeStart: '10.9.0.20', rangeEnd: '10.9.0.21' }],
      [{ subnet: 'fd09::/64' }],
    ];
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, ranges };
    const network = {
      cniVersion: '1.0.0',
      name: 'ranges',
      type: 'ptp',
      ipam,
      runtimeConfig: { ipRanges: [[{ subnet: '10.8.0.0/29' }]] },
    };
    const { json } = await call(network, 'ADD', { containerId });
    expect(json.ips).toEqual([
      { address: '10.8.0.2/29', gateway: '10.8.0.1' },
      { address: '10.9.0.20/24', gateway: '10.9.0.1' },
      { address: 'fd09::2/64', gateway: 'fd09::1' },
    ]);
    const second = await call({ ...network, runtimeConfig: {} }, 'ADD', { containerId: id() });
    expect(second.json.ips?.[0]?.address).toBe('10.9.0.21/24');
    const third = await call({ ...network, runtimeConfig: {} }, 'ADD', { containerId: id() });
    expect({ exit: third.exit, code: third.json.code }).toEqual({ exit: 1, code: 100 });
    expect(third.json.msg).toMatch(
      /no IPv4 address left: range 10\.9\.0\.20-10\.9\.0\.21 of network "ranges" has 2 of 2 in use/,
    );
  });

  it('reads DNS from resolvConf', async () => {
    const containerId = id();
    const { json } = await call(config('1.0.0', { resolvConf: join(root, 'test/cni/resolv.conf') }), 'ADD', {
      containerId,
    });
    expect(json.dns).toEqual({
      nameservers: ['192.0.2.53', '2001:db8::53'],
      search: ['example.org', 'example.com'],
      options: ['ndots:5'],
    });
    await call(config('1.0.0'), 'DEL', { containerId });
  });
});

describe('the compiled executable', () => {
  it('is static and needs less than 2 MB of memory', async () => {
    const { stdout } = await run('file', ['-L', join(bin, 'ipam-plugin')]).catch(() => ({ stdout: '' }));
    if (stdout !== '') expect(stdout).toMatch(/static/);
    const measured = await run('/bin/sh', [
      '-c',
      `CNI_COMMAND=STATUS BERTH_CNI_TIMEOUT_MS=2000 "${join(bin, 'ipam-plugin')}" </dev/null & pid=$!; while grep -q VmRSS /proc/$pid/status 2>/dev/null; do grep VmHWM /proc/$pid/status; done | tail -1`,
    ]);
    const kilobytes = Number(/(\d+) kB/.exec(measured.stdout)?.[1]);
    expect(kilobytes).toBeGreaterThan(0);
    expect(kilobytes).toBeLessThan(2048);
  });
});
