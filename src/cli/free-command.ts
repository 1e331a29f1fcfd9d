import type { Command } from 'commander';
import type { FreePart__Output } from '../api/generated/ipam/FreePart.ts';
import { CliError } from './cli-error.ts';
import { countData } from './counts.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, show } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';

/** `free`: what is left of a pool. */
export function addFreeCommand(program: Command, run: Run): void {
  withLocal(program.command('free <pool>'))
    .description('show the free addresses of a pool, and which go next')
    .option('--next <n>', 'so many of the next ones, 1 to 1000', '10')
    .addHelpText(
      'after',
      `
The next ones are those that the daemon which is asked gives to Pods of its own node. Where several daemons take from a shared pool
each begins somewhere else, and there is no order. Of a pool of blocks, those of a block go first that the node has.`,
    )
    .action(withClient(run, (session, pool: string, options: FreeOptions) => free(run, session, pool, options)));
}

interface FreeOptions extends Local {
  readonly next: string;
}

interface Row {
  readonly range: string;
  readonly part: FreePart__Output;
}

const columns: readonly Column<Row>[] = [
  { title: 'FREE', text: ({ range }) => range, name: ({ range }) => range },
  { title: 'BLOCK', text: ({ part }) => part.block || '-' },
  { title: 'NODE', text: ({ part }) => part.node_id || '-' },
];

async function free(run: Run, { client, output }: Session, pool: string, options: FreeOptions): Promise<void> {
  const { local = false } = options;
  const answer = await client.call('ListFree', { pool, local, next: nextOf(options.next) });
  const { parts, count, unknown, cooling_down, closed, next, afterwards, node_id, unanswered } = answer;
  tellMissing(run, unanswered);
  const rows = parts.flatMap((part) => part.ranges.map((range) => ({ range, part })));
  show(output, columns, rows, {
    ...answer,
    parts: parts.map((part) => ({ ...part, count: countData(part.count) })),
    count: countData(count),
    unknown: countData(unknown),
  });
  if (isData(output) || output.format === 'name') return;
  const cooling = cooling_down === 0 ? '' : `, of which ${cooling_down} cool down and go last`;
  const missing = unknown === '0' ? '' : `; of ${unknown} more nobody who was heard knows`;
  output.print(
    `\n${count} free${cooling}${missing}${closed === '' ? '' : `; pool "${pool}" ${closed}, and gives none`}\n`,
  );
  const order = [next.join(', '), afterwards].filter((part) => part !== '').join('; then ');
  if (order !== '') output.print(`next on node "${node_id}": ${order}\n`);
}

/** @throws CliError usage */
function nextOf(text: string): number {
  const next = Number(text);
  if (Number.isSafeInteger(next) && next >= 1 && next <= 1_000) return next;
  throw new CliError(`--next ${text} is not a whole number from 1 to 1000`, { code: 'usage', exit: exitCodes.usage });
}
