import { firstNodeAsn } from '../../src/bgp/as-number.ts';
import { birdConfig } from '../../src/bgp/bird.ts';
import { type Fabric, leafSpeaker, type NodeAddresses, nodeSpeaker, spineSpeaker } from '../../src/bgp/fabric.ts';
import { frrConfig } from '../../src/bgp/frr.ts';
import { gobgpConfig } from '../../src/bgp/gobgp.ts';
import { defaultSessionSettings, type Neighbor } from '../../src/bgp/speaker.ts';
import { formatAddress, parseAddress } from '../../src/ip/address.ts';
import { parsePrefix, prefixContains } from '../../src/ip/prefix.ts';
import { Lab, type Machine } from './lab.ts';

const spines = ['spine-1', 'spine-2'];
const leaves = ['leaf-1', 'leaf-2'];
const racks = [1, 2];
/** Two in each rack. */
const nodes = [1, 2, 3, 4];
const rackOf = (node: number): number => Math.ceil(node / 2);
const leafAsn = (leaf: number): number => 65_001 + leaf;
const cable = (spine: number, leaf: number): string => `10.9.${spine * 2 + leaf}`;

function up(leaf: number): readonly Neighbor[] {
  return spines.map((name, spine) => ({ name, address: parseAddress(`${cable(spine, leaf)}.1`), asn: 65_000 }));
}

function down(spine: number): readonly Neighbor[] {
  return leaves.map((name, leaf) => ({ name, address: parseAddress(`${cable(spine, leaf)}.2`), asn: leafAsn(leaf) }));
}

/** Two spines, two leaves, two racks that each leaf is connected to, and two nodes in each. */
export const fabric: Fabric = {
  within: [parsePrefix('10.244.0.0/16')],
  tors: racks.map((rack) => ({
    id: `tor-${rack}`,
    uplinks: leaves.map((name, leaf) => ({
      name,
      address: parseAddress(`192.168.${rack}.${leaf + 1}`),
      asn: leafAsn(leaf),
    })),
    subnets: [parsePrefix(`10.244.${rack * 4}.0/22`)],
  })),
  leaves: leaves.map((id, leaf) => ({
    id,
    asn: leafAsn(leaf),
    routerId: parseAddress(`10.8.2.${leaf + 1}`),
    up: up(leaf),
    down: [],
    tors: racks.map((rack) => `tor-${rack}`),
  })),
  spines: spines.map((id, spine) => ({
    id,
    asn: 65_000,
    routerId: parseAddress(`10.8.1.${spine + 1}`),
    up: [],
    down: down(spine),
    tors: [],
  })),
  nodes: nodes.map((node, number) => ({
    name: `node-${node}`,
    tor: `tor-${rackOf(node)}`,
    number,
    addresses: [parseAddress(`192.168.${rackOf(node)}.${9 + node}`)],
  })),
  firstNodeAsn,
  isHostsOnly: false,
  isAggregatedAtLeaf: false,
  isBfdOn: true,
  settings: defaultSessionSettings,
};

/** The fabric of `fabric`, with real routing daemons: leaf-1 is FRR, leaf-2 BIRD or GoBGP, all others BIRD. */
export class Racks {
  readonly lab = new Lab();
  readonly machines = new Map<string, Machine>();
  readonly fabric: Fabric;
  readonly #addresses = new Map<string, NodeAddresses>();
  readonly #second: 'bird' | 'gobgp';
  #pods = 0;

  /** @param second what leaf-2 runs */
  constructor(second: 'bird' | 'gobgp', more: Partial<Fabric> = {}) {
    this.#second = second;
    this.fabric = { ...fabric, ...more };
  }

  async start(): Promise<void> {
    const { lab } = this;
    for (const name of [...spines, ...leaves, ...nodes.map((node) => `node-${node}`)])
      this.machines.set(name, await lab.machine(name));
    for (const [spine, upper] of spines.entries()) {
      for (const [leaf, lower] of leaves.entries()) {
        const net = cable(spine, leaf);
        await lab.cable([this.machine(upper), `${net}.1/30`], [this.machine(lower), `${net}.2/30`]);
      }
    }
    for (const rack of racks) {
      const ends = [
        ...leaves.map((name, leaf) => [this.machine(name), `192.168.${rack}.${leaf + 1}/24`] as const),
        ...nodes
          .filter((node) => rackOf(node) === rack)
          .map((node) => [this.machine(`node-${node}`), `192.168.${rack}.${9 + node}/24`] as const),
      ];
      await lab.tor(`tor-${rack}`, ends);
    }
    for (const node of nodes) {
      const block = parsePrefix(`10.244.${rackOf(node) * 4 + ((node - 1) % 2)}.0/24`);
      this.#addresses.set(`node-${node}`, { blocks: [block], held: [] });
    }
    await this.speak();
  }

  /** All are told what they are to do, as the fabric is now. */
  async speak(): Promise<void> {
    for (const name of spines) await this.machine(name).bird(birdConfig(spineSpeaker(this.fabric, name)).text);
    await this.machine('leaf-1').frr(frrConfig(leafSpeaker(this.fabric, 'leaf-1')).text);
    const second = leafSpeaker(this.fabric, 'leaf-2');
    if (this.#second === 'gobgp') await this.machine('leaf-2').gobgp(gobgpConfig(second));
    else await this.machine('leaf-2').bird(birdConfig(second).text);
    for (const name of this.#addresses.keys()) await this.announce(name);
  }

  machine(name: string): Machine {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`no ${name} in the fabric`);
    return machine;
  }

  /** A Pod on a node: its namespace, and the route to it as CNI's ptp makes it. */
  async pod(node: string, address: string): Promise<Machine> {
    const pod = await this.lab.machine(`pod-${this.#pods++}`);
    const host = this.machine(node);
    const [link = ''] = await this.lab.cable([host, '169.254.1.1/32'], [pod, `${address}/32`]);
    await host.exec('ip', 'route', 'add', `${address}/32`, 'dev', link);
    await pod.exec('ip', 'route', 'add', '169.254.1.1', 'dev', 'eth0');
    await pod.exec('ip', 'route', 'add', 'default', 'via', '169.254.1.1', 'dev', 'eth0');
    await this.#held(node, (held) => [...held, address]);
    return pod;
  }

  async endPod(node: string, address: string, pod: Machine): Promise<void> {
    await pod.remove();
    await this.#held(node, (held) => held.filter((one) => one !== address));
  }

  async announce(node: string): Promise<void> {
    const addresses = this.#addresses.get(node) ?? { blocks: [], held: [] };
    await this.machine(node).bird(birdConfig(nodeSpeaker(this.fabric, node, addresses)).text);
  }

  /** BIRD is told only when something is to be announced that is not. */
  async #held(node: string, change: (held: readonly string[]) => readonly string[]): Promise<void> {
    const before = this.#addresses.get(node) ?? { blocks: [], held: [] };
    const held = change(before.held.map(formatAddress)).map(parseAddress);
    this.#addresses.set(node, { ...before, held });
    const outside = (some: NodeAddresses): string =>
      some.held.filter((one) => !some.blocks.some((block) => prefixContains(block, one))).join();
    if (this.fabric.isHostsOnly || outside(before) !== outside({ ...before, held })) await this.announce(node);
  }
}
