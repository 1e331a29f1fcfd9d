import type { Command } from 'commander';
import type { DueRelease__Output } from '../api/generated/ipam/DueRelease.ts';
import { CliError } from './cli-error.ts';
import { dryRun } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, show } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { timeData } from './time.ts';

/** `gc`: what comes back by itself. */
export function addGcCommand(program: Command, run: Run): void {
  withLocal(program.command('gc'))
    .description('take back now what the daemon takes back by itself; or say what daemons will take back, why and when')
    .option(...dryRun)
    .addHelpText(
      'after',
      `
With --dry-run every daemon says what it will take back, and when. Without, the daemon that is asked takes back what is due now, by
the same rules and no sooner: what a container may still have stays.`,
    )
    .action(withClient(run, (session, options: GcOptions) => gc(run, session, options)));
}

interface GcOptions extends Local {
  readonly dryRun?: boolean;
}

async function gc(
  run: Run,
  { client, output }: Session,
  { local = false, dryRun: isDry = false }: GcOptions,
): Promise<void> {
  if (local && !isDry) {
    throw new CliError('--local is for --dry-run: a daemon takes back what is its own', {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  const answer = await client.call(isDry ? 'DryRunCollectGarbage' : 'CollectGarbage', { local });
  tellMissing(run, answer.unanswered);
  const { releases } = answer;
  if (releases.length === 0 && !isData(output)) {
    output.print(isDry ? 'nothing waits to be taken back\n' : 'nothing was to be taken back\n');
    return;
  }
  show(output, columnsOf(isDry), releases, { releases: releases.map(releaseData), unanswered: answer.unanswered });
}

function columnsOf(isDry: boolean): readonly Column<DueRelease__Output>[] {
  const when: Column<DueRelease__Output> = { title: 'WHEN', text: ({ at_ms }) => whenText(Number(at_ms), Date.now()) };
  return [
    ...(isDry ? [when] : []),
    { title: 'WHAT', text: ({ kind }) => kind },
    { title: 'SUBJECT', text: ({ subject }) => subject },
    { title: 'NODE', text: ({ node_id }) => node_id },
    { title: 'WHY', text: ({ reason }) => reason },
  ];
}

/** The next round takes what is due: there is one each second, mostly. */
function whenText(at: number, now: number): string {
  if (at === 0) return 'waits';
  return at <= now ? 'now' : `in ${Math.ceil((at - now) / 1000)}s`;
}

function releaseData({ at_ms, ...release }: DueRelease__Output): object {
  return { ...release, at: timeData(at_ms) };
}
