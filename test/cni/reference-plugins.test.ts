import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Namespace } from '../kit/namespace.ts';
import { referencePlugins } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { must, run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';

/** A link for macvlan to hang on: one end of a veth pair. */
const master = `bm${process.pid}`;
const bridge = `bb${process.pid}`;

const wirings: readonly { readonly name: string; readonly config: object }[] = [
  { name: 'ptp', config: { type: 'ptp' } },
  { name: 'bridge', config: { type: 'bridge', bridge, isGateway: true } },
  { name: 'macvlan', config: { type: 'macvlan', master, mode: 'bridge' } },
];

/** The same under kube-ipam's name and file; ipvlan where the kernel has it. */
const kubeIpams = [...wirings, { name: 'ipvlan', config: { type: 'ipvlan', master } }];

/** The same in another network. */
function moved(ranges: object): unknown {
  return JSON.parse(JSON.stringify(ranges).replaceAll('10.66.', '10.67.'));
}

describe('our IPAM plugin under the reference plugins', () => {
  const daemon = new DaemonProcess();
  const namespaces: Namespace[] = [];

  async function namespace(name: string): Promise<Namespace> {
    const created = await new Namespace(name).create();
    namespaces.push(created);
    return created;
  }

  function network(wiring: object, cniVersion = '1.0.0'): object {
    return {
      cniVersion,
      name: 'net',
      ...wiring,
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }] },
    };
  }

  skipEach(needsRoot);

  beforeAll(async () => {
    if (needsRoot !== '') return;
    await daemon.start();
    await must('ip', ['link', 'add', master, 'type', 'veth', 'peer', 'name', `${master}p`]);
    await must('ip', ['link', 'set', master, 'up']);
    await must('ip', ['link', 'set', `${master}p`, 'up']);
  });

  afterAll(async () => {
    for (const one of namespaces) await one.delete();
    await run('ip', ['link', 'delete', master]);
    await run('ip', ['link', 'delete', bridge]);
    await daemon.remove();
  });

  for (const { name, config } of wirings) {
    it(`${name} gives two Pods the addresses we say, they ping each other, and DEL gives everything back`, async () => {
      const plugin = `${referencePlugins}/${name}`;
      const pods = [await namespace(`${name}1`), await namespace(`${name}2`)] as const;
      const added: CniResult[] = [];
      for (const [index, pod] of pods.entries()) {
        const result = await cni(plugin, network(config), {
          command: 'ADD',
          containerId: `${name}${index}`,
          netns: pod.path,
        });
        expect(result.stdout + result.stderr).not.toContain('"code"');
        expect(result.exit).toBe(0);
        added.push(result);
        const said = (result.json.ips ?? []).map(({ address }) => address);
        expect(said).toHaveLength(2);
        expect([...(await pod.addresses())].sort()).toEqual([...said].sort());
      }
      for (const { address } of added[1]?.json.ips ?? []) {
        expect(await pods[0].ping(address.split('/')[0] ?? ''), `ping ${address}`).toBe(true);
      }
      const prevResult = added[0]?.json;
      const check = await cni(
        plugin,
        { ...network(config), prevResult },
        { command: 'CHECK', containerId: `${name}0`, netns: pods[0].path },
      );
      expect(check).toMatchObject({ exit: 0 });
      for (const [index, pod] of pods.entries()) {
        const removed = await cni(plugin, network(config), {
          command: 'DEL',
          containerId: `${name}${index}`,
          netns: pod.path,
        });
        expect(removed).toMatchObject({ exit: 0, stdout: '' });
        expect(await pod.addresses()).toEqual([]);
      }
      const { stdout } = await daemon.cli('stats', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject({ used_ips: 0 });
    });
  }

  it.for(kubeIpams)(
    '$name asks kube-ipam by its name and file, and has its range and gateway',
    async ({ name, config }, context) => {
      const hasIpvlan =
        name !== 'ipvlan' ||
        (await run('ip', ['link', 'add', 'link', master, 'name', 'bi0', 'type', 'ipvlan'])).exit === 0;
      await run('ip', ['link', 'delete', 'bi0']);
      context.skip(!hasIpvlan, 'this kernel has no ipvlan');
      const pod = await namespace(`k${name}`);
      const ipam = {
        type: 'kube-ipam',
        daemonSocket: daemon.socket,
        subnet: '10.189.0.0/16',
        rangeStart: '10.189.0.10',
        rangeEnd: '10.189.0.200',
      };
      const network = {
        cniVersion: '0.3.1',
        name: `k8snetwork-${name}`,
        ...config,
        bridge: 'bk0',
        ipam: { ...ipam, gateway: '10.189.0.1', routes: [{ dst: '0.0.0.0/0' }] },
      };
      const of = { containerId: `k${name}`, netns: pod.path };
      const added = await cni(`${referencePlugins}/${name}`, network, { command: 'ADD', ...of });
      expect(added.json.ips?.[0], added.stdout).toMatchObject({
        address: expect.stringMatching(/^10\.189\.0\.\d+\/16$/),
        gateway: '10.189.0.1',
      });
      expect(await pod.addresses()).toEqual([added.json.ips?.[0]?.address]);
      expect(await cni(`${referencePlugins}/${name}`, network, { command: 'DEL', ...of })).toMatchObject({ exit: 0 });
      await run('ip', ['link', 'delete', 'bk0']);
    },
  );

  it('ipam-cni wires with ptp itself, answers in version 1.1.0, and undoes a failed ADD', async () => {
    const pod = await namespace('main');
    const config = { ...network({ type: 'ipam-cni' }, '1.1.0') };
    const added = await cni('ipam-cni', config, { command: 'ADD', containerId: 'main', netns: pod.path });
    expect(added).toMatchObject({ exit: 0, json: { cniVersion: '1.1.0' } });
    expect(added.json.interfaces?.some(({ sandbox }) => sandbox === pod.path)).toBe(true);
    expect([...(await pod.addresses())].sort()).toEqual((added.json.ips ?? []).map(({ address }) => address).sort());
    const check = await cni(
      'ipam-cni',
      { ...config, prevResult: added.json },
      { command: 'CHECK', containerId: 'main', netns: pod.path },
    );
    expect(check).toMatchObject({ exit: 0 });
    // The interface is there already: nothing is run, and so nothing has to be undone that is another's.
    for (const containerId of ['main', 'other']) {
      const again = await cni('ipam-cni', config, { command: 'ADD', containerId, netns: pod.path });
      expect({ exit: again.exit, code: again.json.code }).toEqual({ exit: 1, code: 103 });
      const { stdout } = await daemon.cli('addresses', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject([{ container_id: 'main' }]);
      expect(await pod.addresses()).toHaveLength(2);
    }
    expect(await cni('ipam-cni', config, { command: 'STATUS' })).toMatchObject({ exit: 0 });
    expect(await cni('ipam-cni', config, { command: 'DEL', containerId: 'main', netns: pod.path })).toMatchObject({
      exit: 0,
    });
    const { stdout: after } = await daemon.cli('addresses', '-o', 'json');
    expect(JSON.parse(after)).toEqual([]);
  });

  it('ipam-cni undoes what an ADD of its own did that fails half-way', async () => {
    const pod = await namespace('half');
    const unreachable = { routes: [{ dst: '10.99.0.0/16', gw: '192.0.2.1' }] };
    const config = { ...network({ type: 'ipam-cni' }) };
    const failing = { ...config, ipam: { ...(config as { ipam: object }).ipam, ...unreachable } };
    const added = await cni('ipam-cni', failing, { command: 'ADD', containerId: 'half', netns: pod.path });
    expect(added.exit).not.toBe(0);
    expect(added.json.msg).toContain('192.0.2.1');
    expect(await pod.addresses()).toEqual([]);
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toEqual([]);
    // The way is free for the next one.
    expect(await cni('ipam-cni', config, { command: 'ADD', containerId: 'half', netns: pod.path })).toMatchObject({
      exit: 0,
    });
    await cni('ipam-cni', config, { command: 'DEL', containerId: 'half', netns: pod.path });
  });

  it.each([
    ['ptp', `${referencePlugins}/ptp`],
    ['ipam-cni', 'ipam-cni'],
  ])(
    '%s: an ADD that the runtime repeats takes nothing from the container, and no other gets its address',
    async (type, program) => {
      const pods = [await namespace(`${type}a`), await namespace(`${type}b`), await namespace(`${type}c`)];
      // Network, gateway, two for Pods, broadcast: a range of two.
      const ranges = [[{ subnet: '10.66.0.0/24', rangeStart: '10.66.0.2', rangeEnd: '10.66.0.3' }]];
      const config = {
        ...network({ type }),
        name: `repeat-${type}`,
        ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, ranges: type === 'ptp' ? ranges : moved(ranges) },
      };
      const add = (index: number) =>
        cni(program, config, { command: 'ADD', containerId: `${type}${index}`, netns: pods[index]?.path ?? '' });
      const first = await add(0);
      const said = (first.json.ips ?? []).map(({ address }) => address);
      expect(said).toHaveLength(1);
      const repeated = await add(0);
      expect(repeated.exit).not.toBe(0);
      expect(repeated.json.msg).toMatch(/duplicate allocation is not allowed/);
      expect(await pods[0]?.addresses()).toEqual(said);
      expect((await add(1)).exit).toBe(0);
      const third = await add(2);
      expect({ exit: third.exit, code: third.json.code }).toEqual({ exit: 1, code: 100 });
      expect(await pods[0]?.addresses()).toEqual(said);
      expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
      for (const [index, pod] of pods.entries())
        await cni(program, config, { command: 'DEL', containerId: `${type}${index}`, netns: pod.path });
    },
  );

  it('says which plugin is missing when ptp is in no directory of CNI_PATH', async () => {
    const config = network({ type: 'ipam-cni' });
    const { exit, json } = await cni('ipam-cni', config, {
      command: 'ADD',
      containerId: 'x',
      netns: '/var/run/netns/x',
      path: '/nowhere',
    });
    expect({ exit, code: json.code }).toEqual({ exit: 1, code: 7 });
    expect(json.msg).toMatch(/"ptp", which is in no directory of CNI_PATH, but in \/(usr\/lib\/cni|opt\/cni\/bin)$/);
    expect(json.details).toMatch(/add \/\S+ to the plugin directories of the runtime, or link it: ln -s \/\S+\/ptp/);
  });
});
