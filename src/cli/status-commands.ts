import { isIP } from 'node:net';
import type { Command } from 'commander';
import { type Claim, claimKind } from '../resources/claim.ts';
import { readJson } from '../resources/json-text.ts';
import { type PoolResource, poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { listAllocations } from './allocation-pages.ts';
import { CliError } from './cli-error.ts';
import { addressColumns, addressRows, allocationsOf, blockColumns, poolColumns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import { requireKnown, requireNode } from './known.ts';
import { namespaceColumns, namespaceRows } from './namespace-rows.ts';
import { isData, show, showData } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { stateData } from './state-data.ts';
import { blockData, poolData, stats } from './stats.ts';

/** `stats`, `pools`, `blocks`, `addresses`, `lookup`: what is there. */
export function addStatusCommands(program: Command, run: Run): void {
  withLocal(program.command('stats').description('show the totals and each node')).action(
    withClient(run, (session, local: Local) => stats(run, session, local)),
  );
  withLocal(program.command('pools'))
    .description('show the pools and how full they are')
    .action(
      withClient(run, async ({ client, output }, { local = false }: Local) => {
        const { pools, unanswered } = await client.call('ListPools', { local });
        tellMissing(run, unanswered);
        show(output, poolColumns, pools, (sorted) => sorted.map(poolData));
      }),
    );
  withLocal(program.command('blocks [node-id]'))
    .description('show the blocks of a node, or of all')
    .action(
      withClient(run, async ({ client, output }, node: string | undefined, { local = false }: Local) => {
        const { blocks, unanswered } = await client.call('GetNodeBlocks', { node_id: node ?? '', local });
        tellMissing(run, unanswered);
        if (blocks.length === 0 && node !== undefined) await requireNode(client, node);
        show(output, blockColumns, blocks, (sorted) => sorted.map(blockData));
      }),
    );
  withLocal(program.command('addresses'))
    .description('show who holds which address')
    .option('--pool <name>', 'only addresses of this pool')
    .option('--node <name>', 'only this node')
    .option('--namespace <name>', 'only Pods of this namespace')
    .option('--limit <n>', 'at most so many attachments')
    .action(withClient(run, (session, filters: AddressFilters) => addresses(run, session, filters)));
  program
    .command('namespaces')
    .description('show how many addresses of shared pools each namespace holds, and may hold')
    .action(withClient(run, (session) => namespaces(session)));
  withLocal(program.command('lookup <subject>'))
    .description('show who holds an address, or what a container or a Pod (namespace/name) holds')
    .addHelpText(
      'after',
      `
Of an address it says what is with it: held, parked, cooling-down, free; gateway, network, broadcast, reserved, quarantined,
excluded, unlisted (in a pool's subnet, and in none of its ranges), outside (of every pool), or unknown (of a block whose
daemon did not answer, or with --local was not asked; or held back, as what stood for it is gone without a word or cannot be used).
Exit status: 0 held, 4 nobody holds it, 6 whoever could know did not answer, or nobody can tell.`,
    )
    .action(withClient(run, (session, subject: string, local: Local) => lookup(run, session, subject, local)));
}

interface AddressFilters extends Local {
  readonly pool?: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly limit?: string;
}

async function addresses(run: Run, { client, output }: Session, filters: AddressFilters): Promise<void> {
  const limit = filters.limit === undefined ? Number.POSITIVE_INFINITY : Number(filters.limit);
  if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new CliError(`--limit ${filters.limit} is not a whole number above zero`, {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  const { node = '', pool = '', namespace = '', local = false } = filters;
  const asked = { node_id: node, pool, pod_namespace: namespace, local };
  const { allocations: found, unanswered } = await listAllocations(client, asked, limit);
  tellMissing(run, unanswered);
  if (found.length === 0) await requireKnown(client, filters);
  show(output, addressColumns, addressRows(found), allocationsOf);
}

async function namespaces({ client, output }: Session): Promise<void> {
  const listed = async <R extends Resource>(kind: string): Promise<readonly R[]> =>
    (await client.resources('List', { kind })).json.map((one) => readJson(one) as R);
  const [claims, pools] = [await listed<Claim>(claimKind), await listed<PoolResource>(poolKind)];
  const rows = namespaceRows(claims, pools);
  show(output, namespaceColumns, rows, (shown) => shown);
}

/** Nobody holds what is free or withheld: an answer, and the exit status tells it from an address that is held. */
async function lookup(run: Run, { client, output }: Session, subject: string, { local = false }: Local): Promise<void> {
  const { allocations, address, unanswered } = await client.call('Lookup', { ...lookupRequest(subject), local });
  if (address !== null && address.state !== 'held') {
    run.setExit(address.state === 'unknown' ? exitCodes.partial : exitCodes.notFound);
  }
  tellMissing(run, unanswered);
  if (address !== null && isData(output)) {
    return showData(output, { address: stateData(address), allocations, unanswered });
  }
  if (allocations.length > 0) return show(output, addressColumns, addressRows(allocations), allocations);
  if (address !== null) return output.print(`${address.message}\n`);
  throw new CliError(`${local ? 'this daemon has' : 'there is'} nothing on record of "${subject}"`, {
    code: 'not-found',
    advice: 'an address, the id of a container, or namespace/name of a Pod',
    exit: unanswered.length === 0 ? exitCodes.notFound : exitCodes.partial,
  });
}

function lookupRequest(subject: string) {
  if (isIP(subject) !== 0) return { ip: subject };
  const slash = subject.indexOf('/');
  if (slash < 0) return { container_id: subject };
  return { pod: { namespace: subject.slice(0, slash), name: subject.slice(slash + 1) } };
}
