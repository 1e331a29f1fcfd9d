import { describe, expect, it } from 'vitest';
import { world } from '../daemon/testing/world.ts';
import { silentLog } from '../telemetry/log.ts';
import { createCniHandler } from './handler.ts';

interface Answer {
  readonly exit: number;
  readonly code?: number;
  readonly msg?: string;
  readonly ips?: readonly { readonly address: string }[];
  readonly supportedVersions?: readonly string[];
}

/** A daemon with an IPv4 and an IPv6 pool, called as by its executables. */
async function plugin() {
  const { daemon } = await world('10.0.0.0/24,fd00::/108', 28);
  const handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => '' });
  let executions = 0;
  const call = async (command: string, config: object | string, more: Record<string, string> = {}): Promise<Answer> => {
    const answer = await handle({
      program: 'ipam-plugin',
      environment: new Map(
        Object.entries({
          CNI_COMMAND: command,
          CNI_CONTAINERID: 'a',
          CNI_IFNAME: 'eth0',
          CNI_NETNS: '/run/netns/a',
          ...more,
        }).filter(([, value]) => value !== ''),
      ),
      stdin: Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)),
      execution: { id: `x${++executions}`, interface: 'present' },
      canRead: false,
      ran: undefined,
    });
    if (answer.type !== 'print') throw new Error('an IPAM plugin runs nothing');
    return { ...(answer.stdout === '' ? {} : JSON.parse(answer.stdout)), exit: answer.exit };
  };
  const held = () => daemon.administration.allocations().map(({ attachment }) => attachment.containerId);
  return { call, held };
}

const network = (more: object = {}, cniVersion = '1.1.0') => ({
  cniVersion,
  name: 'n',
  type: 'ptp',
  ipam: { type: 'ipam-plugin' },
  ...more,
});

describe('the verbs of CNI', () => {
  it('CHECK agrees with a result whose addresses are written otherwise, and with one in other words', async () => {
    const { call } = await plugin();
    const { ips = [] } = await call('ADD', network());
    expect(ips.map(({ address }) => address)).toEqual(['10.0.0.2/28', 'fd00::2/120']);
    for (const prevResult of [
      { ips },
      { ips: [{ address: '10.0.0.2' }, { address: 'FD00:0:0:0:0:0:0:0002' }] },
      { IPs: [{ Address: '10.0.0.2/28' }, { address: 'fd00::0.0.0.2/120' }] },
    ]) {
      expect(await call('CHECK', network({ prevResult })), JSON.stringify(prevResult)).toEqual({ exit: 0 });
    }
    const wrong = { ips: [{ address: '10.0.0.2/28' }, { address: 'fd00::3/120' }] };
    expect(await call('CHECK', network({ prevResult: wrong }))).toMatchObject({ exit: 1, code: 106 });
  });

  it.each([
    ['null', null, 7],
    ['absent', undefined, 7],
    ['without addresses', {}, 106],
    ['with null for its addresses', { ips: null }, 106],
  ])('CHECK with a result that is %s is refused', async (_what, prevResult, code) => {
    const { call } = await plugin();
    await call('ADD', network());
    expect(await call('CHECK', network({ prevResult }))).toMatchObject({ exit: 1, code });
  });

  it('CHECK of what holds nothing is of an unknown container, and of 0.3.1 there is none', async () => {
    const { call } = await plugin();
    expect(await call('CHECK', network({ prevResult: { ips: [] } }))).toMatchObject({ exit: 1, code: 3 });
    expect(await call('CHECK', network({}, '0.3.1'))).toMatchObject({ exit: 1, code: 1 });
  });

  it('ADD again for an interface that is there is a duplicate, and after DEL it is not', async () => {
    const { call, held } = await plugin();
    const { ips } = await call('ADD', network());
    expect(await call('ADD', network())).toMatchObject({ exit: 1, code: 103 });
    expect(held()).toEqual(['a']);
    const other = await call('ADD', network(), { CNI_IFNAME: 'net1' });
    expect(other.exit).toBe(0);
    expect(other.ips).not.toEqual(ips);
    expect((await call('DEL', network())).exit).toBe(0);
    expect((await call('ADD', network())).exit).toBe(0);
  });

  it.each([
    ['without a network namespace', network(), { CNI_NETNS: '' }],
    ['with keys in other cases', { CNIVERSION: '1.0.0', Name: 'n', IPAM: { Type: 'ipam-plugin' } }, {}],
    ['without a version', { name: 'n', ipam: { type: 'ipam-plugin' } }, {}],
    ['with a version that nobody speaks', network({}, '9.9.9'), {}],
    ['with a configuration that is refused', network({ ipam: { type: 'ipam-plugin', exclude: ['x'] } }), {}],
  ])('DEL %s releases', async (_what, config, more) => {
    const { call, held } = await plugin();
    await call('ADD', network());
    expect(await call('DEL', config, more)).toEqual({ exit: 0 });
    expect(held()).toEqual([]);
  });

  it.each([
    ['null', { 'cni.dev/valid-attachments': null }, []],
    ['an empty list', { 'cni.dev/valid-attachments': [] }, []],
    ['the attachment', { 'cni.dev/valid-attachments': [{ containerID: 'a', ifname: 'eth0' }] }, ['a']],
    ['it in other cases', { 'CNI.dev/valid-attachments': [{ ContainerId: 'a', IFNAME: 'eth0' }] }, ['a']],
    [
      'it under the key of the specification before',
      { 'cni.dev/attachments': [{ containerID: 'a', ifname: 'eth0' }] },
      ['a'],
    ],
    [
      'it under both keys',
      { 'cni.dev/valid-attachments': [{ containerID: 'a', ifname: 'eth0' }], 'cni.dev/attachments': null },
      ['a'],
    ],
    ['another interface', { 'cni.dev/valid-attachments': [{ containerID: 'a', ifname: 'net1' }] }, []],
  ])('GC with %s keeps what is named', async (_what, valid, kept) => {
    const { call, held } = await plugin();
    await call('ADD', network());
    expect(await call('GC', network(valid))).toEqual({ exit: 0 });
    expect(held()).toEqual(kept);
  });

  it('GC that names no list is refused, and releases nothing', async () => {
    const { call, held } = await plugin();
    await call('ADD', network());
    expect(await call('GC', network())).toMatchObject({ exit: 1, code: 7 });
    expect(held()).toEqual(['a']);
  });

  it.each([
    ['', { cniVersion: '', name: 'n', ipam: { type: 'ipam-plugin' } }],
    ['null', { cniVersion: null, name: 'n', ipam: { type: 'ipam-plugin' } }],
    ['absent', { name: 'n', ipam: { type: 'ipam-plugin' } }],
  ])('ADD with the version "%s" is answered in the form of 0.1.0', async (_what, config) => {
    const { call } = await plugin();
    expect(await call('ADD', config)).toMatchObject({
      exit: 0,
      cniVersion: '0.1.0',
      ip4: { ip: '10.0.0.2/28' },
      ip6: { ip: 'fd00::2/120' },
    });
  });

  it.each(['', '{}', '{"cniVersion":null}', '{"cniVersion":"1.0.0","unknown":1}'])(
    'VERSION is answered to %j',
    async (config) => {
      const { call } = await plugin();
      expect((await call('VERSION', config)).supportedVersions).toContain('1.1.0');
    },
  );
});
