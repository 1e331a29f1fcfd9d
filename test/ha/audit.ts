import { join } from 'node:path';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import { audit as auditFleet } from '../chaos/audit.ts';
import { waitFor } from '../kit/wait.ts';
import type { Ground, Node } from './ground.ts';
import type { Holdings } from './holdings.ts';

const seenMs = 60_000;
/** What the addresses of blocks begin with that nodes lease. */
const nodeBlocks = '10.244.';

export interface AuditParts {
  readonly ground: Ground;
  readonly blocks: Holdings;
  readonly claims: Holdings;
}

/** Compares what everybody has, while nobody calls and everything is healed. @returns what does not agree */
export async function audit({ ground, blocks, claims }: AuditParts): Promise<readonly string[]> {
  const problems: string[] = [];
  const attempt = async (what: string, compare: () => Promise<string>): Promise<void> => {
    // Daemons hear of what others did a moment later.
    let difference = '';
    await waitFor(
      what,
      async () => {
        difference = await compare();
        return difference === '' ? true : undefined;
      },
      seenMs,
      200,
    ).catch((error: Error) => problems.push(difference === '' ? error.message : difference));
  };
  await attempt('members to have the same', () => contents(ground.members));
  const expected = new Map([...blocks.held].map(([cidr, { holder }]) => [cidr, holder]));
  await Promise.all(
    ground.nodes.map(async (node) => {
      await attempt('blocks to be seen', () => seenBlocks(node, expected, blocks));
      await attempt(`${node.name} to find nothing wrong`, async () => {
        const { violations } = await node.client.call('Check', { local: true });
        return violations.map(({ subject, message }) => `${node.name}: check: ${subject}: ${message}`).join('; ');
      });
    }),
  );
  await attempt('claims to be there', () => heldClaims(ground.nodes, claims));
  for (const { fleet, machine } of ground.nodes) problems.push(...(await auditFleet(machine.daemon, fleet)));
  problems.push(...sharedByContainers(ground.nodes));
  return problems;
}

/** Waits until every daemon has heard of every block of the nodes' pool that there is: also of those nobody was told of. */
export async function allSeen({ nodes, members }: Ground): Promise<void> {
  let behind = '';
  await waitFor(
    'daemons to see the blocks that there are',
    async () => {
      const lines = await contentsOf(members[0] as Node);
      const present = lines.filter((line) => line.includes(`/IPBlock//${nodeBlocks}`)).length;
      const seen = await Promise.all(nodes.map(({ client }) => client.call('GetNodeBlocks', {})));
      const counts = seen.map(({ blocks }) => blocks.filter(({ cidr }) => cidr.startsWith(nodeBlocks)).length);
      behind = `${counts.join(', ')} of ${present}`;
      return counts.every((count) => count === present) ? true : undefined;
    },
    seenMs,
    200,
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${behind}`, { cause: error });
  });
}

/** What etcd has on the disk of a member, without asking the others. */
async function contentsOf({ machine }: Node): Promise<readonly string[]> {
  const client = new EtcdClient({ endpoints: [`unix:${join(machine.daemon.dataDir, 'client:0')}`] });
  try {
    const { kvs } = await client.range({
      key: Buffer.from('/berth/'),
      range_end: Buffer.from('/berth0'),
      serializable: true,
    });
    return kvs.map(({ key, value, mod_revision }) => `${key.toString()} ${mod_revision} ${value.toString()}`);
  } finally {
    client.close();
  }
}

/** @returns how members differ; empty: not at all */
async function contents(members: readonly Node[]): Promise<string> {
  const texts = await Promise.all(members.map(contentsOf));
  const [first = [], ...rest] = texts;
  for (const [index, other] of rest.entries()) {
    const known = new Set(first);
    const apart = other.find((line) => !known.has(line)) ?? first.find((line) => !other.includes(line));
    if (apart !== undefined) return `${members[0]?.name} and ${members[index + 1]?.name} differ: ${apart}`;
  }
  return '';
}

/** Every block that was leased and not given back is seen by this daemon, and no other of the same kind of holder. */
async function seenBlocks(
  { name, client }: Node,
  expected: ReadonlyMap<string, string>,
  holdings: Holdings,
): Promise<string> {
  const { blocks } = await client.call('GetNodeBlocks', {});
  const seen = new Map(blocks.filter(({ node_id }) => /^(block|probe)-/.test(node_id)).map((one) => [one.cidr, one]));
  for (const [cidr, holder] of expected) {
    const is = seen.get(cidr)?.node_id;
    if (is !== holder) return `${name}: block ${cidr} was leased for ${holder}, and is ${is ?? 'lost'}`;
  }
  for (const [cidr, { node_id }] of seen) {
    if (expected.has(cidr)) continue;
    if (!(await holdings.clearLate(node_id, cidr)))
      return `${name}: block ${cidr} is leased for ${node_id}, who was told that it is not`;
    return `${name}: block ${cidr} of ${node_id}, who was told nothing, is not given back`;
  }
  return '';
}

/** Over all daemons: each claim has its holder, no address has two, and nobody has one who was told nothing. */
async function heldClaims(nodes: readonly Node[], claims: Holdings): Promise<string> {
  const holders = new Map<string, string>();
  for (const { client, name } of nodes) {
    const { allocations } = await client.call('ListAllocations', { limit: 10_000, local: true });
    for (const { addresses, container_id } of allocations) {
      for (const { ip } of addresses) {
        const other = holders.get(ip);
        if (other !== undefined) return `${ip} is held by ${other} and by ${container_id} on ${name}`;
        holders.set(ip, container_id);
        if (!container_id.startsWith('claim-') || claims.held.has(ip)) continue;
        if (!(await claims.clearLate(container_id, ip)))
          return `${name}: ${ip} is claimed for ${container_id}, who was told that it is not`;
        return `${name}: ${ip} of ${container_id}, who was told nothing, is not given back`;
      }
    }
  }
  for (const [ip, { holder }] of claims.held) {
    const is = holders.get(ip);
    if (is !== holder) return `${ip} was claimed for ${holder}, and is ${is === undefined ? 'lost' : `held by ${is}`}`;
  }
  return '';
}

/** Between machines; within one the fleet's own audit looks. */
function sharedByContainers(nodes: readonly Node[]): readonly string[] {
  const holders = new Map<string, string>();
  const problems: string[] = [];
  for (const { fleet } of nodes) {
    for (const { id, told } of fleet.containers) {
      for (const address of told.state === 'holds' ? told.addresses : []) {
        const other = holders.get(address);
        if (other !== undefined) problems.push(`${address} is held by ${other} and by ${id}`);
        holders.set(address, id);
      }
    }
  }
  return problems;
}
