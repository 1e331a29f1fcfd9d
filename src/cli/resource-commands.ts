import type { ServiceError } from '@grpc/grpc-js';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { AllocationEvent__Output } from '../api/generated/ipam/AllocationEvent.ts';
import { readJson } from '../resources/json-text.ts';
import { kindOf } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { cliError } from './call-failure.ts';
import { CliError } from './cli-error.ts';
import { differences } from './diff-resources.ts';
import { dryRun, dryRunMark } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, show, showData } from './output.ts';
import { readManifests } from './read-manifests.ts';
import { reference, splitReference } from './reference.ts';
import { type RemoveOptions, remove } from './remove-resources.ts';
import { resourceColumns } from './resource-columns.ts';
import { type Run, type Session, withClient } from './run.ts';

/** `apply`, `get`, `delete`, `watch`: resources, as kubectl handles them. */
export function addResourceCommands(program: Command, run: Run): void {
  program
    .command('apply')
    .description('create or change resources from a manifest')
    .requiredOption('-f, --filename <path>', 'file, directory, or "-" for standard input')
    .option(...dryRun)
    .action(withClient(run, (session, options: ApplyOptions) => apply(session, run, options)));
  program
    .command('diff')
    .description('show what an apply of a manifest would change; nothing is written')
    .requiredOption('-f, --filename <path>', 'file, directory, or "-" for standard input')
    .action(withClient(run, (session, { filename }: { filename: string }) => differences(session, run, filename)));
  program
    .command('get <kind> [name]')
    .description(
      'show resources (subnet, pool, reservedip, endpoint, block, claim, occupancy, iphistory, iphistorysegment, topology, node)',
    )
    .action(withClient(run, get));
  program
    .command('delete [kind-or-name] [names...]')
    .description('delete resources by kind and name, or those of a manifest')
    .option('-f, --filename <path>', 'file, directory, or "-" for standard input')
    .option('--ignore-not-found', 'what is not there is no failure')
    .option(...dryRun)
    .action(
      withClient(run, (session, first: string | undefined, names: readonly string[], options: RemoveOptions) =>
        remove(session, run, { words: first === undefined ? [] : [first, ...names], ...options }),
      ),
    );
  program
    .command('watch')
    .description('show allocations and releases as they happen, until interrupted')
    .action(withClient(run, watch));
}

interface ApplyOptions {
  readonly filename: string;
  readonly dryRun?: boolean;
}

/** One refused resource does not keep the others from being applied. */
async function apply({ client, output, step }: Session, run: Run, { filename, dryRun }: ApplyOptions): Promise<void> {
  const resources = await readManifests(filename);
  if (resources.length === 0)
    throw new CliError(`${filename} has no resource`, { code: 'usage', exit: exitCodes.usage });
  const results: { resource: string; outcome: string; message?: string; advice?: string; warnings?: string[] }[] = [];
  for (const [index, resource] of resources.entries()) {
    step(`${index} of ${resources.length} resources`);
    const name = reference(resource.kind, resource.metadata.name);
    try {
      const json = JSON.stringify(resource);
      const { outcome, warnings } = await client.resources(dryRun ? 'DryRunApply' : 'Apply', { json });
      const said = `${outcome}${dryRun ? dryRunMark : ''}`;
      results.push({ resource: name, outcome: said, ...(warnings.length === 0 ? {} : { warnings }) });
    } catch (error) {
      if (!(error instanceof CliError) || error.exit === exitCodes.unreachable) throw error;
      // Of a daemon that does not know a dry run, or does not judge such writes, nothing can be told.
      if (dryRun && error.code === 'unsupported') throw error;
      results.push({ resource: name, outcome: 'refused', message: error.message, advice: error.advice });
      run.setExit(exitCodes.failed);
    }
  }
  if (isData(output)) return showData(output, results);
  if (output.format === 'name') {
    for (const { resource, message } of results) {
      if (message === undefined) output.print(`${resource}\n`);
      else run.warn(`${resource} is refused: ${message}`);
    }
    return;
  }
  for (const { resource, outcome, message, advice, warnings = [] } of results) {
    output.print(
      `${resource} ${outcome}${message === undefined ? '' : `: ${message}`}\n${advice ? `  hint: ${advice}\n` : ''}`,
    );
    for (const warning of warnings) run.warn(warning);
  }
}

async function get({ client, output }: Session, word: string, named: string | undefined): Promise<void> {
  const [kind, name = named] = splitReference(word);
  const info = kindOf(kind);
  if (name !== undefined) {
    const { json } = await client.resources('Get', { kind: info.kind, name });
    const resource = readJson(json) as Resource;
    return show(output, resourceColumns(info, [resource]), [resource], resource);
  }
  const { json } = await client.resources('List', { kind: info.kind });
  const items = json.map((one) => readJson(one) as Resource);
  const list = (sorted: readonly Resource[]) => ({ apiVersion: 'v1', kind: 'List', items: sorted });
  show(output, resourceColumns(info, items), items, list);
}

async function watch({ client, output }: Session): Promise<void> {
  const stream = client.ipam.WatchAllocations({});
  process.once('SIGINT', () => stream.cancel());
  try {
    for await (const event of stream as AsyncIterable<AllocationEvent__Output>) {
      const { type, allocation } = event;
      if (output.format === 'jsonpath') showData(output, shownEvent(event));
      else if (output.format === 'json') output.print(`${JSON.stringify(shownEvent(event))}\n`);
      else if (output.format === 'yaml') output.print(`---\n${stringify(shownEvent(event))}`);
      else if (allocation) {
        const addresses = allocation.addresses.map(({ cidr }) => cidr).join(', ');
        output.print(
          `${type.padEnd(9)} ${addresses}   ${allocation.container_id} ${allocation.ifname} ${allocation.pod_namespace}/${allocation.pod_name}${event.reason === '' ? '' : `   ${event.reason}`}\n`,
        );
      }
    }
  } catch (error) {
    const cancelled = 1;
    if ((error as ServiceError).code !== cancelled) throw cliError(error as ServiceError, client.address);
  }
}

/** Without what is empty: only what was released has a reason. */
function shownEvent({ type, allocation, reason, reason_text: text }: AllocationEvent__Output): object {
  return { type, allocation, ...(reason === '' ? {} : { reason }), ...(text === '' ? {} : { reason_text: text }) };
}
