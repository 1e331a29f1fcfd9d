import type { CiliumNode } from '../../cilium/cilium-node.ts';
import { type ClusterPool, nextSubnet } from '../../cilium/node-subnets.ts';
import type { Family } from '../../ip/address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../ip/prefix.ts';
import { readable } from '../../ip/readable.ts';
import { type RecordClient, RecordMap } from './record-map.ts';

export interface SubnetRecordsOptions {
  readonly client: RecordClient;
  readonly namespace: string;
  readonly pools: readonly ClusterPool[];
}

/** Which node has which subnet of the cluster pools: one object, so that no two controllers can give one subnet twice. */
export class SubnetRecords {
  readonly #pools: readonly ClusterPool[];
  readonly #map: RecordMap;

  constructor({ client, namespace, pools }: SubnetRecordsOptions) {
    this.#pools = pools;
    this.#map = new RecordMap({ client, namespace, name: 'cilium-ipam-subnets', labels: {} });
  }

  /** Reads what is recorded, and records what nodes have besides, whoever gave it to them. @throws IpamError conflict */
  async adopt(nodes: Iterable<CiliumNode>): Promise<void> {
    await this.#map.load();
    const found = [...nodes].flatMap(({ name, podCIDRs }) => {
      const line = lineOf([...this.#of(name), ...podCIDRs]);
      return line === '' || line === this.#map.lines.get(name) ? [] : [[name, line] as const];
    });
    if (found.length > 0) await this.#map.write(Object.fromEntries(found));
  }

  /**
   * The subnets of a node, after what it lacks was recorded.
   * @param nodes all there are: what one of them has is not given
   * @returns with a family left out for which nothing is left, or no pool configured
   * @throws IpamError conflict
   */
  async allot(node: CiliumNode, nodes: Iterable<CiliumNode>, families: readonly Family[]): Promise<readonly Prefix[]> {
    const has = [...node.podCIDRs];
    const recorded = this.#of(node.name);
    const taken = [...this.#all(), ...[...nodes].flatMap(({ podCIDRs }) => podCIDRs)];
    for (const family of families) {
      if (has.some(({ address }) => address.family === family)) continue;
      const pools = this.#pools.filter(({ cidr }) => cidr.address.family === family);
      const subnet = recorded.find(({ address }) => address.family === family) ?? nextSubnet(pools, taken);
      if (subnet !== undefined) has.push(subnet);
    }
    const line = lineOf(has);
    if (line !== '' && line !== this.#map.lines.get(node.name)) await this.#map.write({ [node.name]: line });
    return has;
  }

  /** Of a node that is gone. @throws IpamError conflict */
  async release(node: string): Promise<void> {
    if (this.#map.lines.has(node)) await this.#map.write({ [node]: undefined });
  }

  /** Nodes that have some recorded. */
  nodes(): Iterable<string> {
    return this.#map.lines.keys();
  }

  #of(node: string): readonly Prefix[] {
    return prefixesOf(this.#map.lines.get(node));
  }

  #all(): readonly Prefix[] {
    return [...this.#map.lines.values()].flatMap(prefixesOf);
  }
}

function lineOf(prefixes: readonly Prefix[]): string {
  return [...new Set(prefixes.map(formatPrefix))].join(' ');
}

function prefixesOf(line = ''): readonly Prefix[] {
  return line.split(' ').flatMap((text) => readable(text, parsePrefix) ?? []);
}
