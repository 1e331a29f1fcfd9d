import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Namespace } from '../kit/namespace.ts';
import { bin, root } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { skipEach } from '../kit/skip.ts';

/** What the agent is told of its router, `local-router-ipv4` and `local-router-ipv6`. */
const routers = { both: ['169.254.23.0', 'fe80::23'], ipv4: ['169.254.23.0', ''] } as const;

/** As cilium-cni calls an IPAM plugin (test/kit/cilium-cni.ts says what stands in for it), on a node that is a namespace. */
describe('our IPAM plugin as the delegated plugin of Cilium', () => {
  const node = new Namespace('cilium-node');
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16,fd00:10:244::/56' });
  const plugins = mkdtempSync(join(tmpdir(), 'berth-cilium-'));
  const pods: Namespace[] = [];

  skipEach(needsRoot);

  beforeAll(async () => {
    if (needsRoot !== '') return;
    symlinkSync(join(bin, 'ipam-plugin'), join(plugins, 'ipam-plugin'));
    for (const [name, router] of Object.entries(routers)) {
      const run = `exec ${process.execPath} ${join(root, 'test/kit/cilium-cni.ts')} '${router[0]}' '${router[1]}'`;
      writeFileSync(join(plugins, `cilium-cni-${name}`), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
    }
    await node.create();
    await node.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    await daemon.start();
  });
  afterAll(async () => {
    for (const pod of pods) await pod.delete();
    await node.delete();
    await daemon.remove();
    rmSync(plugins, { recursive: true });
  });

  /** One plugin of the list in 05-cilium.conflist, as a runtime hands it over: with Cilium's own keys. */
  function network(cniVersion = '0.3.1', ipam: object = {}): object {
    return {
      cniVersion,
      name: 'cilium',
      type: 'cilium-cni',
      'enable-debug': false,
      'log-file': '/var/run/cilium/cilium-cni.log',
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, ...ipam },
    };
  }

  async function pod(name: string): Promise<Namespace> {
    const made = await new Namespace(name).create();
    pods.push(made);
    return made;
  }

  function call(command: string, of: Namespace, config = network(), agent: keyof typeof routers = 'both') {
    const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${of.name};K8S_POD_INFRA_CONTAINER_ID=${of.name};K8S_POD_UID=u`;
    const more = { containerId: of.name, netns: of.path, args, path: plugins, hostNetns: node.path };
    return cni(join(plugins, `cilium-cni-${agent}`), config, { command, ...more });
  }

  const inUse = async (): Promise<readonly string[]> => {
    const { stdout } = await daemon.cli('addresses', '-o', 'json');
    return (JSON.parse(stdout) as { addresses: { ip: string }[] }[])
      .flatMap(({ addresses }) => addresses.map(({ ip }) => ip))
      .sort();
  };
  const addressesOf = ({ json }: CniResult): readonly string[] =>
    (json.ips ?? []).map(({ address }) => address.split('/')[0] ?? '');

  it.each(['0.3.1', '1.0.0'])(
    'serves ADD, CHECK and DEL with a configuration of %s, both families',
    async (version) => {
      const two = [await pod(`a${version}`), await pod(`b${version}`)] as const;
      const added = [await call('ADD', two[0], network(version)), await call('ADD', two[1], network(version))] as const;
      for (const [index, one] of added.entries()) {
        expect(one.exit, one.stdout + one.stderr).toBe(0);
        expect(one.json.ips).toMatchObject([
          { address: expect.stringMatching(/^fd00:10:244::\S+\/128$/), gateway: 'fe80::23' },
          { address: expect.stringMatching(/^10\.244\.0\.\d+\/32$/), gateway: '169.254.23.0' },
        ]);
        expect([...((await two[index]?.addresses()) ?? [])].sort()).toEqual(
          (one.json.ips ?? []).map(({ address }) => address).sort(),
        );
      }
      expect(await inUse()).toEqual(added.flatMap(addressesOf).sort());
      for (const address of addressesOf(added[1])) expect(await two[0].ping(address), `ping ${address}`).toBe(true);
      if (version !== '0.3.1') {
        const prevResult = added[0].json;
        expect(await call('CHECK', two[0], { ...network(version), prevResult })).toMatchObject({ exit: 0 });
      }
      for (const one of two) {
        expect(await call('DEL', one, network(version))).toMatchObject({ exit: 0, stdout: '' });
        expect(await one.addresses()).toEqual([]);
      }
      expect(await inUse()).toEqual([]);
    },
  );

  it('gives one family where the network says so, and none that the agent has turned off is used', async () => {
    const one = await pod('four');
    const only4 = network('0.3.1', { families: [4] });
    expect((await call('ADD', one, only4)).json.ips).toMatchObject([{ address: expect.stringMatching(/^10\.244\./) }]);
    expect(await inUse()).toHaveLength(1);
    expect(await call('DEL', one, only4)).toMatchObject({ exit: 0 });
    // The agent has IPv6 off, and the network asks for both: what is given and not used goes with the Pod all the same.
    const off = await call('ADD', one, network(), 'ipv4');
    expect(off.json.ips).toMatchObject([{ address: expect.stringMatching(/^10\.244\./) }]);
    expect(await inUse()).toHaveLength(2);
    expect(await call('DEL', one, network(), 'ipv4')).toMatchObject({ exit: 0 });
    expect(await inUse()).toEqual([]);
  });

  it('takes the addresses back when Cilium fails after it has them', async () => {
    const one = await pod('fails');
    // An agent without IPv6, and a network that has nothing else.
    const only6 = network('0.3.1', { families: [6] });
    const failed = await call('ADD', one, only6, 'ipv4');
    expect(failed).toMatchObject({ exit: 1, json: { msg: 'IPAM did provide neither IPv4 nor IPv6 address' } });
    expect(await inUse()).toEqual([]);
  });

  it('releases for a DEL whose namespace is gone, and again', async () => {
    const gone = await pod('gone');
    await call('ADD', gone);
    expect(await inUse()).toHaveLength(2);
    await gone.delete();
    for (let time = 0; time < 2; time++) {
      expect(await call('DEL', gone)).toMatchObject({ exit: 0 });
      expect(await inUse()).toEqual([]);
    }
  });

  it('refuses, by name and with its reason, an ADD that it cannot serve, and Cilium hands that on', async () => {
    const one = await pod('none');
    const refused = await call('ADD', one, network('0.3.1', { default_ipv4_ippool: ['missing'] }));
    expect(refused.exit).toBe(1);
    expect(refused.json.msg).toMatch(/failed to invoke delegated plugin ADD for IPAM: .*"missing\\" does not exist/s);
    expect(await one.addresses()).toEqual([]);
  });

  it('gives the agent an address of the node itself, again at each of its starts, until it gives it back', async () => {
    // As the agent calls it for its ingress listener (pkg/infraendpoints): by itself, with the file's bytes, and a namespace that no plugin sees.
    const containerId = 'cilium-ingress-node1';
    const args = `IgnoreUnknown=true;K8S_POD_NAME=${containerId};K8S_POD_NAMESPACE=kube-system`;
    const agent = (command: string) =>
      cni('ipam-plugin', network(), { command, containerId, netns: '/proc/self/fd/99', args, path: plugins });
    const first = await agent('ADD');
    expect(first.exit, first.stdout).toBe(0);
    expect(addressesOf(first)).toHaveLength(2);
    expect(addressesOf(await agent('ADD'))).toEqual(addressesOf(first));
    expect(await inUse()).toEqual([...addressesOf(first)].sort());
    const container = await pod('beside');
    const beside = await call('ADD', container);
    expect(addressesOf(beside).filter((one) => addressesOf(first).includes(one))).toEqual([]);
    expect(await call('DEL', container)).toMatchObject({ exit: 0 });
    for (let time = 0; time < 2; time++) expect(await agent('DEL')).toMatchObject({ exit: 0, stdout: '' });
    expect(await inUse()).toEqual([]);
  });

  it('is told of pools by keys that Cilium does not read: it has a key `pools` of its own', async () => {
    const one = await pod('keys');
    const failed = await call('ADD', one, network('0.3.1', { pools: ['cluster-ipv4'] }));
    expect(failed.json.msg).toContain('cannot unmarshal array into Go struct field');
    const named = network('0.3.1', { default_ipv4_ippool: ['cluster-ipv4'] });
    expect((await call('ADD', one, named)).json.ips).toMatchObject([{ gateway: '169.254.23.0' }]);
    expect(await call('DEL', one, named)).toMatchObject({ exit: 0 });
  });
});
