import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { HistoryEntry__Output } from '../api/generated/ipam/HistoryEntry.ts';
import type { HistoryResponse__Output } from '../api/generated/ipam/HistoryResponse.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { entryData, gapData, tenureData } from './history-data.ts';
import { exportHistory } from './history-export.ts';
import { type Column, isData, type Output, show, showData } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type PastHolders, pastHolders } from './past-holders.ts';
import { pastTime } from './past-time.ts';
import { type Run, type Session, withClient } from './run.ts';
import { timeText } from './time.ts';

/** `history`: who had an address then, and what happened. */
export function addHistoryCommand(program: Command, run: Run): void {
  withLocal(program.command('history <whose>'))
    .description('say who had an address at a time, or what happened to an address, a Pod, a node or a pool')
    .option('--at <time>', 'who had it then')
    .option('--since <time>', 'only what happened since then')
    .option('--until <time>', 'only what happened until then')
    .option('--limit <n>', 'the latest n entries, 1 to 5000', '1000')
    .option('--json-lines', 'all entries, one JSON object a line, node by node: for audits')
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli history 10.244.0.5 --at "2026-12-01 03:10"   who had it then
  ipam-cli history shop/web-0 --since 7d                 what happened to the Pod's addresses
  ipam-cli history pool/office --since 24h --json-lines  all of it, for another program

A time is 2026-12-01T03:10Z, "2026-12-01 03:10" (of this machine's zone), 03:10, or how long ago: 90s, 30m, 12h, 7d.
Exit status with --at: 0 somebody had it, 4 nobody had, 6 nobody can tell.`,
    )
    .action(withClient(run, (session, whose: string, options: Options) => history(run, session, whose, options)));
}

interface Options extends Local {
  readonly at?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly jsonLines?: boolean;
}

async function history(run: Run, session: Session, whose: string, options: Options): Promise<void> {
  const { client, output } = session;
  const now = Date.now();
  const timeOf = (name: 'at' | 'since' | 'until'): number => {
    const text = options[name];
    return text === undefined ? 0 : pastTime(text, `--${name}`, now);
  };
  const [at, since, until] = [timeOf('at'), timeOf('since'), timeOf('until')];
  if (at !== 0 && (since !== 0 || until !== 0 || options.jsonLines))
    throw usage('--at is one time, and goes with neither --since, --until nor --json-lines');
  const subject = subjectOf(whose);
  const asked = { ...subject, at_ms: at, since_ms: since, until_ms: until, local: options.local ?? false };
  if (options.jsonLines) return exportHistory(run, session, asked);
  const answer = await client.call('GetHistory', { ...asked, limit: at === 0 ? limitOf(options.limit) : 5_000 });
  tellMissing(run, answer.unanswered);
  if (at !== 0)
    return showHolders(run, output, { whose, at, isAddress: 'ip' in subject, node: subject.node_id }, answer);
  showEntries(run, output, answer);
}

/** @throws CliError usage */
function subjectOf(whose: string) {
  if (isIP(whose) !== 0) return { ip: whose };
  const [first = '', second = '', ...more] = whose.split('/');
  if (more.length === 0 && first !== '' && second !== '' && isIP(first) === 0) {
    if (first === 'pool' || first === 'spiderippool') return { pool: second };
    if (first === 'node') return { node_id: second };
    return { pod: { namespace: first, name: second } };
  }
  throw usage(
    `"${whose}" is no address, no Pod, no node and no pool`,
    'write an address, NAMESPACE/NAME of a Pod, node/NAME, or pool/NAME',
  );
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= 5_000) return limit;
  throw usage(`--limit ${text} is not a whole number from 1 to 5000`);
}

function usage(message: string, advice?: string): CliError {
  return new CliError(message, { code: 'usage', exit: exitCodes.usage, ...(advice === undefined ? {} : { advice }) });
}

interface Asked {
  readonly whose: string;
  readonly at: number;
  readonly isAddress: boolean;
  /** Whose past is asked for; undefined: not a node's. */
  readonly node: string | undefined;
}

function showHolders(
  run: Run,
  output: Output,
  { whose, at, isAddress, node }: Asked,
  answer: HistoryResponse__Output,
): void {
  const past = pastHolders(answer, at, node);
  // Of one address there is one holder: what others cannot tell does not matter then.
  const isSettled = isAddress && past.holders.length > 0;
  if (past.holders.length === 0)
    run.setExit(past.unknown.length + past.perhaps.length > 0 ? exitCodes.partial : exitCodes.notFound);
  if (isData(output)) {
    showData(output, {
      at: timeText(String(at)),
      holders: past.holders.map(tenureData),
      perhaps: past.perhaps.map(({ tenure, why }) => ({ ...tenureData(tenure), why })),
      unknown: isSettled ? [] : past.unknown,
      around: answer.records.flatMap(({ entries }) => entries.map(entryData)),
      unanswered: answer.unanswered,
    });
    return;
  }
  output.print(holdersText(whose, at, past));
  if (!isSettled) for (const sentence of past.unknown) output.print(`  not known: ${sentence}\n`);
  if (past.holders.length + past.perhaps.length > 0) return;
  for (const { entries, node_id: node } of answer.records) {
    for (const entry of entries) output.print(`  node "${node}", ${timeText(entry.at_ms)}: ${entryText(entry)}\n`);
  }
}

function holdersText(whose: string, at: number, { holders, perhaps, unknown }: PastHolders): string {
  const when = timeText(String(at));
  const lines = [
    ...holders.map((one) => `${when} ${one.ip}: ${tenureText(one)}`),
    ...perhaps.map(({ tenure, why }) => `${when} ${tenure.ip}: perhaps ${tenureText(tenure)}; ${why}`),
  ];
  if (lines.length === 0) lines.push(`${when} ${whose}: ${unknown.length > 0 ? 'nobody who is known' : 'nobody'}`);
  return lines.map((line) => `${line}\n`).join('');
}

function tenureText(one: Tenure__Output): string {
  const pod = one.pod_name === '' ? '' : `Pod ${one.pod_namespace}/${one.pod_name}, `;
  const container = one.container_id === '' ? one.ifname : `${one.ifname} of container ${one.container_id}`;
  const from = one.from_earliest_ms === '0' ? 'a time that nothing tells' : timeText(one.from_earliest_ms);
  const until = one.until_earliest_ms === '0' ? 'still' : `until ${timeText(one.until_latest_ms)}`;
  const why = one.reason === '' ? '' : ` (${whyText(one)})`;
  return `${pod}${container} on node "${one.node_id}", from ${from}, ${until}${why}`;
}

function entryText({ what, addresses, pod_namespace, pod_name, identity, ...why }: HistoryEntry__Output): string {
  const pod = pod_name === '' ? '' : ` Pod ${pod_namespace}/${pod_name}`;
  const kept = identity === '' ? '' : ` for ${identity}`;
  return `${what} ${addresses.map(({ ip }) => ip).join(', ')}${pod}${kept}${whyText(why) === '' ? '' : `: ${whyText(why)}`}`;
}

function whyText({ reason, detail }: Pick<Tenure__Output, 'reason' | 'detail'>): string {
  return [reason, detail].filter((part) => part !== '').join(': ');
}

interface Row {
  /** Whose record says so. */
  readonly record: string;
  readonly entry: HistoryEntry__Output;
}

const columns: readonly Column<Row>[] = [
  { title: 'TIME', text: ({ entry }) => timeText(entry.at_ms) },
  { title: 'WHAT', text: ({ entry }) => entry.what },
  { title: 'ADDRESS', text: ({ entry }) => entry.addresses.map(({ ip }) => ip).join(',') || '-' },
  { title: 'POOL', text: ({ entry }) => [...new Set(entry.addresses.map(({ pool }) => pool))].join(',') || '-' },
  { title: 'POD', text: ({ entry }) => (entry.pod_name === '' ? '-' : `${entry.pod_namespace}/${entry.pod_name}`) },
  { title: 'NODE', text: ({ entry, record }) => entry.node_id || record },
  { title: 'POD UID', text: ({ entry }) => entry.pod_uid || '-', wide: true },
  { title: 'CONTAINER', text: ({ entry }) => entry.container_id || '-', wide: true },
  { title: 'INTERFACE', text: ({ entry }) => entry.ifname || '-', wide: true },
  { title: 'NETWORK', text: ({ entry }) => entry.network || '-', wide: true },
  { title: 'KEPT FOR', text: ({ entry }) => entry.identity || '-', wide: true },
  { title: 'WHY', text: ({ entry }) => whyOf(entry) },
];

function whyOf({ what, clock_by_ms, ...why }: HistoryEntry__Output): string {
  return what === 'clock-set' ? `by ${Number(clock_by_ms) / 1_000} s` : whyText(why) || '-';
}

function showEntries(run: Run, output: Output, answer: HistoryResponse__Output): void {
  const { records, unanswered } = answer;
  const rows = inOrder(records.map(({ node_id: record, entries }) => entries.map((entry) => ({ record, entry }))));
  const leftOut = records.reduce((sum, { left_out }) => sum + left_out, 0);
  if (leftOut > 0)
    run.warn(
      `${leftOut} earlier entries are left out: narrow it with --since and --until, or take all with --json-lines`,
    );
  if (!isData(output) && rows.length === 0) output.print('nothing is on record\n');
  else {
    show(output, columns, rows, (sorted: readonly Row[]) => ({
      entries: sorted.map(({ entry }) => entryData(entry)),
      tenures: records.flatMap(({ tenures }) => tenures.map(tenureData)),
      records: records.map(({ node_id, from_ms, until_ms, left_out, gaps }) => ({
        node_id,
        from: from_ms === '0' ? null : timeText(from_ms),
        until: until_ms === '0' ? null : timeText(until_ms),
        left_out,
        gaps: gaps.map(gapData),
      })),
      unanswered,
    }));
  }
  if (isData(output)) return;
  for (const { node_id: node, gaps } of records) {
    for (const { from_ms, until_ms, reason } of gaps)
      run.note(`node "${node}", ${timeText(from_ms)} to ${timeText(until_ms)}: ${reason}`);
  }
}

/** By their times; but what one record has stays in its order, which a clock that was put back does not turn round. */
function inOrder(records: readonly (readonly Row[])[]): readonly Row[] {
  const left = records.map((rows) => [...rows].reverse());
  const rows: Row[] = [];
  for (;;) {
    let next: Row[] | undefined;
    for (const one of left) {
      const at = one.at(-1)?.entry.at_ms;
      if (at !== undefined && (next === undefined || Number(at) < Number(next.at(-1)?.entry.at_ms))) next = one;
    }
    const row = next?.pop();
    if (row === undefined) return rows;
    rows.push(row);
  }
}
