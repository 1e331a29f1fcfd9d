import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import { CliError } from './cli-error.ts';
import { addressColumns, addressRows, blockColumns, poolColumns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import { show } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';
import { blockData, poolData, stats } from './stats.ts';

/** `stats`, `pools`, `blocks`, `addresses`, `lookup`: what is there. */
export function addStatusCommands(program: Command, run: Run): void {
  program.command('stats').description('show the totals and each node').action(withClient(run, stats));
  program
    .command('pools')
    .description('show the pools and how full they are')
    .action(
      withClient(run, async ({ client, output }) => {
        const { pools } = await client.call('ListPools', {});
        show(output, poolColumns, pools, pools.map(poolData));
      }),
    );
  program
    .command('blocks [node-id]')
    .description('show the blocks of a node, or of all')
    .action(
      withClient(run, async ({ client, output }, node?: string) => {
        const { blocks } = await client.call('GetNodeBlocks', { node_id: node ?? '' });
        show(output, blockColumns, blocks, blocks.map(blockData));
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
