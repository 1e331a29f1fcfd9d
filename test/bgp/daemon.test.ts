import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { birdConfig } from '../../src/bgp/bird.ts';
import { leafSpeaker, spineSpeaker } from '../../src/bgp/fabric.ts';
import { fabricOf } from '../../src/bgp/fabric-of-topology.ts';
import { loadTopology } from '../../src/topology/load.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { distribution } from '../kit/distribution.ts';
import { referencePlugins } from '../kit/paths.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { waitFor } from '../kit/wait.ts';
import { Lab, type Machine } from './lab.ts';

const node = (id: string, address: string, asn: number) => ({
  ...{ id, management_ip: address, bgp: { as_number: asn } },
});

/** A leaf in each of two racks, and a spine between them. */
const topology = (policy: object = {}) => ({
  cluster_cidr: '10.244.0.0/16',
  zones: [
    {
      id: 'zone',
      pods: [
        {
          id: 'pod',
          tors: [
            {
              id: 'tor-1',
              subnets: [
                { cidr: '10.244.4.0/22', gateway: '10.244.4.1', block_size: 26 },
                { cidr: '10.244.100.0/24', gateway: '10.244.100.1', purpose: 'storage' },
              ],
              bgp: { leaf_uplinks: [{ leaf_id: 'leaf-1', leaf_ip: '192.168.1.1', leaf_as: 65_001 }] },
              nodes: [node('node-1', '192.168.1.10', 4_200_000_001)],
            },
            {
              id: 'tor-2',
              bgp: { leaf_uplinks: [{ leaf_id: 'leaf-2', leaf_ip: '192.168.2.1', leaf_as: 65_002 }] },
              nodes: [node('node-2', '192.168.2.10', 4_200_000_002)],
            },
          ],
        },
      ],
    },
  ],
  spine_switches: [
    {
      ...{ id: 'spine-1', as_number: 65_000, router_id: '10.8.1.1' },
      leaf_peers: [
        { leaf_id: 'leaf-1', leaf_ip: '10.9.0.2', leaf_as: 65_001 },
        { leaf_id: 'leaf-2', leaf_ip: '10.9.1.2', leaf_as: 65_002 },
      ],
    },
  ],
  leaf_switches: [1, 2].map((leaf) => ({
    ...{ id: `leaf-${leaf}`, as_number: 65_000 + leaf, router_id: `10.8.2.${leaf}`, connected_tors: [`tor-${leaf}`] },
    spine_uplinks: [{ spine_id: 'spine-1', spine_ip: `10.9.${leaf - 1}.1`, spine_as: 65_000 }],
  })),
  routing_policy: policy,
});

/** Of the shared pool that the topology makes: addresses outside of every block. */
const storage = 'topology-10.244.100.0-24';
const refusal = /BIRD refuses its new configuration and goes on with the one before: .*Hold time must/;
const byHand = 'router id 192.168.1.10;\nprotocol device {}\n';

describe.skipIf(needsRoot !== '')(asRoot('a daemon beside a real BIRD'), () => {
  const lab = new Lab();
  const machines = new Map<string, Machine>();
  const machine = (name: string): Machine => {
    const found = machines.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const file = join(lab.directory, 'topology.json');
  let daemon: DaemonProcess | undefined;
  const running = (): DaemonProcess => {
    if (daemon === undefined) throw new Error('no daemon yet');
    return daemon;
  };

  async function apply(policy?: object): Promise<void> {
    writeFileSync(file, JSON.stringify(topology(policy)));
    const { exit, stderr } = await running().cli('topology', 'apply', file);
    expect([exit, stderr]).toEqual([0, '']);
  }

  function call(command: 'ADD' | 'DEL', pod: Machine, pools: readonly string[]) {
    const routes = [{ dst: '0.0.0.0/0' }];
    const ipam = { type: 'ipam-plugin', daemonSocket: running().socket, routes, ...(pools.length > 0 && { pools }) };
    return cni(
      `${referencePlugins}/ptp`,
      { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam },
      {
        ...{ command, containerId: pod.name, netns: pod.namespace.path },
        hostNetns: machine('node-1').namespace.path,
      },
    );
  }

  /** @returns the address, without its length */
  async function add(name: string, ...pools: readonly string[]): Promise<{ pod: Machine; address: string }> {
    const pod = await lab.machine(name);
    const { exit, json, stdout, stderr } = await call('ADD', pod, pools);
    expect([exit, exit === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    return { pod, address: json.ips?.[0]?.address.split('/')[0] ?? '' };
  }

  /** The far leaf sends it to the spine, or to nobody. */
  const farLeafSends = (prefix: string, isThere = true) =>
    waitFor(`leaf-2 to ${isThere ? 'know' : 'forget'} ${prefix}`, async () => {
      const hops = await machine('leaf-2').nextHops(prefix);
      return hops.join() === (isThere ? '10.9.1.1' : '') || undefined;
    });
  const reached = (address: string) =>
    waitFor(`leaf-1 to reach ${address}`, async () => (await machine('leaf-1').namespace.ping(address)) || undefined);
  const measured = async (line: string) =>
    waitFor(line, async () => (await httpText(running().socket, '/metrics')).includes(`\n${line}\n`) || undefined);
  const blockOf = (address: string): string => {
    const [a, b, c, last] = address.split('.').map(Number) as [number, number, number, number];
    return `${a}.${b}.${c}.${last - (last % 64)}/26`;
  };

  beforeAll(async () => {
    for (const name of ['spine-1', 'leaf-1', 'leaf-2', 'node-1']) machines.set(name, await lab.machine(name));
    await lab.cable([machine('spine-1'), '10.9.0.1/30'], [machine('leaf-1'), '10.9.0.2/30']);
    await lab.cable([machine('spine-1'), '10.9.1.1/30'], [machine('leaf-2'), '10.9.1.2/30']);
    await lab.cable([machine('leaf-1'), '192.168.1.1/24'], [machine('node-1'), '192.168.1.10/24']);
    const fabric = fabricOf(loadTopology(JSON.stringify(topology()), 'topology'));
    await machine('spine-1').bird(birdConfig(spineSpeaker(fabric, 'spine-1')).text);
    for (const leaf of ['leaf-1', 'leaf-2']) await machine(leaf).bird(birdConfig(leafSpeaker(fabric, leaf)).text);
    await machine('node-1').bird(byHand);
    const { birdFile, birdSocket, namespace } = machine('node-1');
    daemon = new DaemonProcess({
      ...{ node: 'node-1', clusterCidr: '', netns: namespace.name },
      args: ['--bird-config', birdFile, '--bird-socket', birdSocket],
    });
    await daemon.start();
  }, 300_000);
  afterAll(async () => {
    await daemon?.remove();
    await lab.remove();
  });

  it('leaves its file alone while the network has no topology, says why, and is ready all the same', async () => {
    await waitFor('a reason', async () => running().log.includes('the network has no topology') || undefined);
    expect(readFileSync(machine('node-1').birdFile, 'utf8')).toBe(byHand);
    expect(JSON.parse(await httpText(running().socket, '/readyz'))).toMatchObject({
      ...{ status: 'degraded', reason: expect.stringContaining('the network has no topology') as string },
    });
  }, 200_000);

  it('has it announce a block when an ADD leases one, in the words of ipam-cli bgp render', async () => {
    await apply();
    const { address } = await add('first');
    await farLeafSends(blockOf(address));
    await reached(address);
    await measured('ipam_bgp_current 1');
    const { birdFile } = machine('node-1');
    const rendered = await running().cli('bgp', 'render', '--node', 'node-1', '--for', 'bird', '-f', file);
    expect(readFileSync(birdFile, 'utf8')).toBe(rendered.stdout);
    expect(statSync(birdFile).mode & 0o777).toBe(0o644);
  }, 300_000);

  it('has it announce an address outside of blocks while a Pod has it, and withdraw it with the DEL', async () => {
    const took: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const began = performance.now();
      const { pod, address } = await add(`outside-${round}`, storage);
      await farLeafSends(`${address}/32`);
      took.push(performance.now() - began);
      await reached(address);
      expect((await call('DEL', pod, [storage])).exit).toBe(0);
      await farLeafSends(`${address}/32`, false);
    }
    process.stdout.write(`from a CNI ADD to the host route at the far leaf, ms: ${distribution(took)}\n`);
  }, 300_000);

  it('says that it is away, and one that is started anew has all of it from its file', async () => {
    await machine('node-1').kill();
    const { address } = await add('meanwhile', storage);
    await measured('ipam_bgp_current 0');
    await waitFor('a word of it', async () => {
      const { status, reason } = JSON.parse(await httpText(running().socket, '/readyz')) as Record<string, string>;
      return (status === 'degraded' && reason?.includes('BIRD does not answer')) || undefined;
    });
    await machine('node-1').startBird();
    await farLeafSends(`${address}/32`);
    await reached(address);
    await measured('ipam_bgp_current 1');
    expect(JSON.parse(await httpText(running().socket, '/readyz'))).toEqual({ status: 'ready' });
  }, 300_000);

  it('tells what BIRD refuses, which goes on with what it had, and goes on with what mends it', async () => {
    const before = readFileSync(machine('node-1').birdFile, 'utf8');
    await apply({ hold_time: '100000s' });
    await waitFor('a word of it', () => running().log.match(refusal) ?? undefined);
    await measured('ipam_bgp_reloads_total{outcome="refused"} 1');
    await measured('ipam_bgp_current 0');
    expect(readFileSync(machine('node-1').birdFile, 'utf8')).toBe(before);
    expect(await machine('node-1').birdSays('show protocols bgp_leaf_1')).toContain('Established');
    await apply({ hold_time: '60s' });
    await measured('ipam_bgp_current 1');
    await waitFor('a session with the new hold time', async () => {
      const said = await machine('node-1').birdSays('show protocols all bgp_leaf_1');
      return /Hold timer: .*\/60/.test(said) || undefined;
    });
  }, 300_000);

  it('keeps its file when the daemon ends', async () => {
    const before = readFileSync(machine('node-1').birdFile, 'utf8');
    expect(await running().stop()).toBe(0);
    expect(readFileSync(machine('node-1').birdFile, 'utf8')).toBe(before);
    expect(await machine('node-1').birdSays('show protocols bgp_leaf_1')).toContain('Established');
  }, 100_000);
});
