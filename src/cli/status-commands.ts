import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import type { ListMembersResponse__Output } from '../api/generated/ipam/ListMembersResponse.ts';
import { CliError } from './cli-error.ts';
import { addressColumns, addressRows, blockColumns, nodeColumns, poolColumns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import { show, showData } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';

/** `stats`, `pools`, `blocks`, `addresses`, `lookup`: what is there. */
export function addStatusCommands(program: Command, run: Run): void {
  program.command('stats').description('show the totals and each node').action(withClient(run, stats));
  program
    .command('pools')
    .description('show the pools and how full they are')
    .action(
      withClient(run, async ({ client, output }) => {
        const { pools } = await client.call('ListPools', {});
        show(output, poolColumns, pools, pools);
      }),
    );
  program
    .command('blocks [node-id]')
    .description('show the blocks of a node, or of all')
    .action(
      withClient(run, async ({ client, output }, node?: string) => {
        const { blocks } = await client.call('GetNodeBlocks', { node_id: node ?? '' });
        show(output, blockColumns, blocks, blocks);
      }),
    );
  program
    .command('addresses')
    .description('show who holds which address')
    .option('--pool <name>', 'only addresses of this pool')
    .option('--node <name>', 'only this node')
    .option('--namespace <name>', 'only Pods of this namespace')
    .option('--limit <n>', 'at most so many attachments')
    .action(withClient(run, addresses));
  program
    .command('lookup <subject>')
    .description('show who holds an address, or what a container or a Pod (namespace/name) holds')
    .action(withClient(run, lookup));
}

async function stats({ client, output }: Session): Promise<void> {
  const answer = await client.call('GetPoolStats', {});
  const cluster = await clusterOf(client);
  if (output.format === 'json' || output.format === 'yaml') {
    return showData(output, cluster === undefined ? answer : { ...answer, cluster });
  }
  const { total_nodes, total_blocks, total_ips_exact, used_ips, available_ips_exact, resting_ips } = answer;
  const totals = [
    ['Nodes', total_nodes],
    ['Blocks', total_blocks],
    ['Addresses', total_ips_exact],
    ['Used', used_ips],
    ['Available', available_ips_exact],
    ['Resting', resting_ips],
  ] as const;
  output.print(`Pool Statistics:\n${totals.map(([name, value]) => `  ${`${name}:`.padEnd(11)} ${value}\n`).join('')}`);
  if (cluster !== undefined) {
    const running = cluster.members.filter(({ report }) => report !== null).length;
    const leader = cluster.members.find(({ is_leader }) => is_leader)?.name ?? 'none';
    const state = `${running} of ${cluster.members.length} members run, leader ${leader}`;
    output.print(
      `  ${'Cluster:'.padEnd(11)} ${cluster.cluster_name}, ${state}${cluster.has_quorum ? '' : ', NO MAJORITY'}\n`,
    );
  }
  const nodes = Object.values(answer.node_stats).sort((a, b) => (a.node_id < b.node_id ? -1 : 1));
  if (nodes.length === 0) return;
  output.print('\n');
  show(output, nodeColumns, nodes, nodes);
}

/** Undefined: the daemon is no member of one. */
async function clusterOf(client: Session['client']): Promise<ListMembersResponse__Output | undefined> {
  try {
    return await client.cluster('ListMembers', {});
  } catch (error) {
    if (error instanceof CliError && ['unsupported', 'not-ready', 'store-unavailable'].includes(error.code)) return;
    throw error;
  }
}

interface AddressFilters {
  readonly pool?: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly limit?: string;
}

async function addresses({ client, output }: Session, filters: AddressFilters): Promise<void> {
  const limit = filters.limit === undefined ? Number.POSITIVE_INFINITY : Number(filters.limit);
  if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new CliError(`--limit ${filters.limit} is not a whole number above zero`, {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  const found: Allocation__Output[] = [];
  let token = '';
  do {
    const page = await client.call('ListAllocations', {
      node_id: filters.node ?? '',
      pool: filters.pool ?? '',
      pod_namespace: filters.namespace ?? '',
      limit: Math.min(limit - found.length, 10_000),
      continue_token: token,
    });
    found.push(...page.allocations);
    token = page.continue_token;
  } while (token !== '' && found.length < limit);
  show(output, addressColumns, addressRows(found), found);
}

async function lookup({ client, output }: Session, subject: string): Promise<void> {
  const { allocations } = await client.call('Lookup', lookupRequest(subject));
  if (allocations.length === 0)
    throw new CliError(`nothing is held by, and nobody holds, "${subject}"`, {
      code: 'not-found',
      exit: exitCodes.notFound,
    });
  show(output, addressColumns, addressRows(allocations), allocations);
}

function lookupRequest(subject: string) {
  if (isIP(subject) !== 0) return { ip: subject };
  const slash = subject.indexOf('/');
  if (slash < 0) return { container_id: subject };
  return { pod: { namespace: subject.slice(0, slash), name: subject.slice(slash + 1) } };
}
