import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { DrainResponse__Output } from '../api/generated/ipam/DrainResponse.ts';
import { CliError } from './cli-error.ts';
import { addressColumns, addressRows } from './columns.ts';
import { dryRun } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData, table } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';
import { secondsOf, timeData } from './time.ts';

const lookMs = 1_000;
/** What is still there is shown so far; `ipam-cli addresses --node` shows all. */
const shownLimit = 50;

interface DrainOptions {
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly wait: string;
  readonly reason: string;
}

/** `drain`: a node is emptied. */
export function addDrainCommand(program: Command, run: Run): void {
  program
    .command('drain <node-id>')
    .description(
      'empty a node: nothing new is given there, blocks go back as they become empty; waits until none is left',
    )
    .option('--undo', 'give addresses there again')
    .option('--wait <duration>', 'for so long at most, for example 90s or 30m; 0s: not at all', '10m')
    .option('--reason <text>', 'why, for the log, the audit log and whoever is refused an address', 'ipam-cli drain')
    .option(...dryRun)
    .addHelpText(
      'after',
      `
The daemon of the node is asked. What Pods have they keep: delete them, or have kubectl drain do that. A block goes back when the last of
its addresses has cooled down. It stays so over restarts of the daemon, until --undo.

Exit status: 0 the node is empty (or gives addresses again), 1 it was not within --wait, 4 of --dry-run: it is not drained.`,
    )
    .action(withClient(run, (session, node: string, options: DrainOptions) => drain(run, session, node, options)));
}

async function drain(run: Run, session: Session, node: string, options: DrainOptions): Promise<void> {
  const { client, output } = session;
  const { undo = false, dryRun: isDry = false, wait, reason } = options;
  const deadline = Date.now() + secondsOf(wait, '--wait') * 1000;
  const asked = { node_id: node, undo, reason };
  const begun = await client.call(isDry ? 'DryRunDrain' : 'Drain', asked);
  if (isDry && !begun.drained) run.setExit(exitCodes.notFound);
  if (isDry || undo) return showState(session, begun);
  if (!isData(output)) await showLeft(session, node);
  const state = await untilEmpty(run, session, begun, deadline);
  showState(session, state);
  if (isEmpty(state)) return;
  throw new CliError(`node "${node}" is not empty: ${leftText(state)}`, {
    code: 'in-use',
    advice: `delete its Pods (kubectl drain), and repeat; ipam-cli addresses --node ${node} shows what they have`,
    exit: exitCodes.failed,
  });
}

async function untilEmpty(
  run: Run,
  { client }: Session,
  begun: DrainResponse__Output,
  deadline: number,
): Promise<DrainResponse__Output> {
  let state = begun;
  let told = leftText(state);
  while (!isEmpty(state) && Date.now() < deadline) {
    await pause(Math.min(lookMs, deadline - Date.now()));
    state = await client.call('DryRunDrain', { node_id: begun.node_id });
    if (!state.drained) {
      throw new CliError(`node "${begun.node_id}" gives addresses again: somebody ended this`, {
        code: 'conflict',
        exit: exitCodes.failed,
      });
    }
    const left = leftText(state);
    if (left !== told) run.note(left);
    told = left;
  }
  return state;
}

function isEmpty({ attachments, blocks }: DrainResponse__Output): boolean {
  return attachments === 0 && blocks.length === 0;
}

function leftText({ attachments, blocks }: DrainResponse__Output): string {
  return `${attachments} interfaces have addresses, and ${blocks.length} blocks are leased`;
}

async function showLeft({ client, output }: Session, node: string): Promise<void> {
  const { allocations, total } = await client.call('ListAllocations', {
    node_id: node,
    limit: shownLimit,
    local: true,
  });
  if (allocations.length === 0) return;
  output.print(table(output, addressColumns, addressRows(allocations)));
  if (total > allocations.length) output.print(`and ${total - allocations.length} more\n`);
}

function showState({ output }: Session, state: DrainResponse__Output): void {
  const { node_id: node, drained, since_ms, reason } = state;
  if (isData(output)) {
    const { since_ms: _, ...rest } = state;
    showData(output, { ...rest, since: timeData(since_ms), empty: isEmpty(state) });
    return;
  }
  const now = drained ? `is drained (${reason})` : 'gives addresses';
  output.print(`node "${node}" ${now}: ${isEmpty(state) ? 'it is empty' : leftText(state)}\n`);
}
