import { figure } from './figure.ts';
import type { Machine, ReadResult } from './result.ts';

/** A change up to this is what the same machine gives on another day, percent. */
const noisePercent = 20;

type Verdict = 'better' | 'worse' | 'same' | '';

interface Comparison {
  readonly percent: number;
  readonly verdict: Verdict;
  readonly beyondNoise: boolean;
}

type Row = ReadResult['rows'][number];

/** Two results side by side as Markdown: what differs between the machines first, then a table for each group. */
export function compareResults(before: ReadResult, after: ReadResult): string {
  const lines = [`Old: ${describe(before.machine)}`, '', `New: ${describe(after.machine)}`, ''];
  const differences = machineDifferences(before.machine, after.machine);
  if (differences.length > 0) lines.push(`Not the same ground: ${differences.join('; ')}.`, '');
  const matches = pairRows(before.rows, after.rows);
  for (const [group, members] of Map.groupBy(matches, ({ row }) => row.group)) {
    lines.push(`### ${group}`, '', '| row | old | new | change | |', '|---|---|---|---|---|');
    for (const { row, former } of members) lines.push(tableLine(row, former));
    lines.push('');
  }
  lines.push(...oneSided('Only in the old result', before.rows, after.rows));
  lines.push(...oneSided('Only in the new result', after.rows, before.rows));
  return lines.join('\n');
}

/** The change of one figure. A unit of which nobody said what is better gets no verdict. */
export function compareValues(before: number, after: number, unit: string): Comparison {
  const percent = before === after ? 0 : ((after - before) / Math.abs(before)) * 100;
  const more = isMoreBetter(unit);
  const verdict =
    more === undefined || Number.isNaN(percent)
      ? ''
      : percent === 0
        ? 'same'
        : percent > 0 === more
          ? 'better'
          : 'worse';
  return { percent, verdict, beyondNoise: Math.abs(percent) > noisePercent };
}

/** Rates want to be high; times, sizes and "how many times as long" low. */
function isMoreBetter(unit: string): boolean | undefined {
  if (unit.endsWith('/s')) return true;
  return ['ms', 's', 'MB', 'x'].includes(unit) ? false : undefined;
}

function machineDifferences(before: Machine, after: Machine): string[] {
  const differences: string[] = [];
  const note = (what: string, one: string | number, other: string | number): void => {
    if (one !== other) differences.push(`${what} was ${one} and is ${other}`);
  };
  note('the processor', before.cpu, after.cpu);
  note('memory (GiB)', before.memoryGiB, after.memoryGiB);
  note('the kernel', before.kernel, after.kernel);
  note('Node.js', before.node, after.node);
  for (const [name, version] of Object.entries(before.peers ?? {})) {
    const now = after.peers?.[name];
    if (now !== undefined) note(name, version, now);
  }
  return differences;
}

/** The new rows, in their order, that the old result has in the same unit. */
function pairRows(before: readonly Row[], after: readonly Row[]): readonly { row: Row; former: Row }[] {
  const formers = new Map(before.map((row) => [keyOf(row), row]));
  return after.flatMap((row) => {
    const former = formers.get(keyOf(row));
    return former === undefined ? [] : [{ row, former }];
  });
}

/** A row measured in another unit is another row. */
function keyOf({ group, name, unit }: Row): string {
  return JSON.stringify([group, name, unit]);
}

function tableLine(row: Row, former: Row): string {
  const { percent, verdict, beyondNoise } = compareValues(former.value, row.value, row.unit);
  const change = Number.isFinite(percent) ? `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %` : '';
  const marked = beyondNoise && verdict !== '' ? `**${verdict}**` : verdict;
  return `| ${row.name} | ${shown(former)} | ${shown(row)} | ${change} | ${marked} |`;
}

function oneSided(title: string, rows: readonly Row[], others: readonly Row[]): string[] {
  const known = new Set(others.map(keyOf));
  const alone = rows.filter((row) => !known.has(keyOf(row)));
  if (alone.length === 0) return [];
  return [`${title}:`, '', ...alone.map((row) => `- ${row.group}: ${row.name}: ${shown(row)}`), ''];
}

function shown({ value, unit }: Row): string {
  return `${figure(value)} ${unit}`;
}

function describe({ version, date, cpu, memoryGiB, kernel, node }: Machine): string {
  return `Berth ${version}, ${date}, ${cpu}, ${memoryGiB} GiB, Linux ${kernel}, Node.js ${node}`;
}
