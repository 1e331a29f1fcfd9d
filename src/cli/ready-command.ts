import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, show, showData } from './output.ts';
import { missingText } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { secondsOf } from './time.ts';

/** How often it is asked while it is waited for, milliseconds. */
const lookMs = 1_000;

export interface PartStatus {
  readonly part: 'daemon' | 'other daemons' | 'members';
  readonly ready: boolean;
  readonly detail: string;
}

const columns: readonly Column<PartStatus>[] = [
  { title: 'PART', text: ({ part }) => part },
  { title: 'STATE', text: ({ ready }) => (ready ? 'ready' : 'NOT READY') },
  { title: 'DETAIL', text: ({ detail }) => detail },
];

interface StatusOptions {
  readonly wait?: string | true;
}

/** `status`: can it be worked with, and may one wait until it can? */
export function addReadyCommand(program: Command, run: Run): void {
  program
    .command('status')
    .description('say whether the daemon, those that it asks, and its members are ready')
    .option('--wait [time]', 'until they are, for so long at most: 90s, 10m (10m when it is not said)')
    .addHelpText('after', '\nExit status: 0 all are ready, 1 some are not, 5 the daemon cannot be reached.')
    .action(withClient(run, (session, options: StatusOptions) => status(run, session, options)));
}

async function status(run: Run, session: Session, { wait }: StatusOptions): Promise<void> {
  const { client, output } = session;
  const ms = wait === undefined ? 0 : secondsOf(wait === true ? '10m' : wait, '--wait') * 1000;
  const { parts, error } = await untilReady(() => statusOf(client), ms, performance.now.bind(performance), {
    rest: (time) => pause(time),
    note: (text) => run.note(text),
  });
  if (error !== undefined) throw error;
  const isReady = parts.every(({ ready }) => ready);
  if (!isReady) run.setExit(exitCodes.failed);
  if (isData(output)) showData(output, { status: isReady ? 'ready' : 'not ready', parts });
  else show(output, columns, parts, parts);
}

interface Found {
  readonly parts: readonly PartStatus[];
  /** Why the daemon cannot be asked. */
  readonly error?: CliError;
}

/** Looks until all is ready or the time is over; says what is waited for whenever that is another. */
export async function untilReady(
  look: () => Promise<readonly PartStatus[]>,
  ms: number,
  now: () => number,
  { rest, note }: { rest: (ms: number) => Promise<unknown>; note: (text: string) => void },
): Promise<Found> {
  const deadline = now() + ms;
  let told = '';
  for (;;) {
    const found = await looked(look);
    const waiting = found.error?.message ?? found.parts.find(({ ready }) => !ready)?.detail;
    const left = deadline - now();
    if (waiting === undefined || left <= 0) return found;
    if (waiting !== told) note(`waiting: ${waiting}`);
    told = waiting;
    await rest(Math.min(lookMs, left));
  }
}

/** One that starts just now is no failure of whoever waits for it. */
async function looked(look: () => Promise<readonly PartStatus[]>): Promise<Found> {
  try {
    return { parts: await look() };
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === exitCodes.usage) throw error;
    return { parts: [], error };
  }
}

export async function statusOf({ call, cluster, serves }: Pick<Client, 'call' | 'cluster' | 'serves'>) {
  const { version, node_id: node } = await call('GetVersion', {});
  const isServing = await serves();
  const why = isServing ? '' : ': it does not give addresses now; its log says why, as does /readyz';
  const daemon: PartStatus = { part: 'daemon', ready: isServing, detail: `node "${node}", ${version}${why}` };
  // What is not ready has nothing to say of others.
  if (!isServing) return [daemon];
  const { unanswered, total_nodes: nodes, lists_members: isMember } = await call('GetPoolStats', {});
  const others: PartStatus = {
    part: 'other daemons',
    ready: unanswered.length === 0,
    detail:
      unanswered.length === 0 ? `of ${nodes} nodes with blocks none is silent` : unanswered.map(missingText).join('; '),
  };
  return isMember ? [daemon, others, await membersStatus(cluster)] : [daemon, others];
}

async function membersStatus(cluster: Client['cluster']): Promise<PartStatus> {
  const { members, has_quorum: hasQuorum } = await cluster('ListMembers', {});
  const running = members.filter(({ report }) => report !== null).length;
  return {
    part: 'members',
    ready: hasQuorum && running === members.length,
    detail: `${running} of ${members.length} run${hasQuorum ? '' : ': no majority'}`,
  };
}
