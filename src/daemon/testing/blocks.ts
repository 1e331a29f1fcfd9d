import type { Stay } from '../../ipam/bind/stay.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import { IpamError } from '../../resources/errors.ts';
import { Cluster, events, type Node } from './cluster.ts';
import { pool } from './world.ts';

export const db: Stay = { identity: 'db', for: 'released', origin: 'CNI_ARGS' };
export const keeping = { keepsInBlocks: true };
/** Of a block: eight addresses, without its network, its gateway and its broadcast address. */
export const inBlock = 5;

/** Nodes of a cluster whose one pool leases blocks of eight addresses. */
export async function blocks(
  ...names: readonly string[]
): Promise<{ readonly c: Cluster; readonly nodes: readonly Node[] }> {
  const c = new Cluster();
  c.knowsPods = false;
  await c.store.create(pool('pods', { subnet: '10.30.0.0/25', blockSize: 29 }));
  const nodes: Node[] = [];
  for (const name of names) nodes.push(await c.node(name, keeping));
  c.writes = 0;
  return { c, nodes };
}

export async function add(node: Node, containerId: string, more: Partial<AllocateRequest> = {}) {
  const { addresses } = await node.daemon.ipam.allocate({
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    netns: `/run/netns/${containerId}`,
    source: { kind: 'named', pools: ['pods'] },
    families: [],
    requested: [],
    ...more,
  });
  await events();
  const [held] = addresses;
  if (held === undefined) throw new Error('no address was given');
  return held;
}

/** Everything that a node can have of its pool. */
export async function fill(node: Node, prefix: string): Promise<readonly string[]> {
  const given: string[] = [];
  for (let next = 0; ; next += 1) {
    try {
      given.push((await add(node, `${prefix}${next}`)).address);
    } catch (error) {
      if (error instanceof IpamError && error.code === 'pool-exhausted') return given;
      throw error;
    }
  }
}

export async function leased(c: Cluster): Promise<readonly string[]> {
  const { items } = await c.store.list<Block>(blockKind);
  return items.map(({ spec }) => `${spec.cidr} ${spec.node}`).sort();
}
