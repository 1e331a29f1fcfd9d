import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from '../../bench/row.ts';
import { needsRoot } from '../kit/privilege.ts';
import { type AttackRow, attacks, campaign, leftOut } from './campaign.ts';

/** More than twice as long as at rest, and the runtime notices. */
const mostRatio = 2;

const { values } = parseArgs({
  options: {
    adds: { type: 'string', default: '400' },
    held: { type: 'string', default: '2000' },
    target: { type: 'string' },
    /** The machine does other things too: of so many turns the middle ratio counts. */
    turns: { type: 'string', default: '3' },
  },
});

if (needsRoot !== '') {
  console.error(`make attack ${needsRoot}`);
  process.exit(1);
}

const all = Object.keys(attacks) as (keyof typeof attacks)[];
const targets = values.target === undefined ? all : all.filter((name) => name === values.target);
for (const name of targets) if (leftOut(name) !== '') console.log(`${name} is left out: ${leftOut(name)}`);
console.log(
  `${new Date().toISOString()}, ${cpus().length} × ${cpus()[0]?.model}: attackers, targets and ADDs share the cores; load of others before: ${loadavg()[0]?.toFixed(1)}\n`,
);
const turns: (readonly AttackRow[])[] = [];
while (turns.length < Number(values.turns)) {
  console.log(`turn ${turns.length + 1} of ${values.turns}\n`);
  console.log('| target | attack | peak memory, MiB | limit | ADD at rest, ms | under attack | ratio |');
  console.log('|---|---|---|---|---|---|---|');
  turns.push(
    await campaign({
      targets,
      adds: Number(values.adds),
      restAdds: Number(values.adds),
      held: Number(values.held),
      leadMs: 3_000,
      onRow: (row) => console.log(shown(row)),
    }),
  );
  console.log('');
}
const [first = []] = turns;
const problems = [...turns.flat().flatMap(problemsOf), ...first.flatMap((_row, index) => slowness(index))];
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 && first.length > 0 ? 0 : 1);

function shown({ target, attack, peakMiB, limitMiB, isEnforced, atRest, underAttack }: AttackRow): string {
  const limit = isEnforced ? limitMiB : `${limitMiB}, not enforced here`;
  const ratio = ratioOf({ atRest, underAttack }).toFixed(2);
  return `| ${target} | ${attack} | ${peakMiB.toFixed(0)} | ${limit} | ${atRest.toFixed(2)} | ${underAttack.toFixed(2)} | ${ratio} |`;
}

function ratioOf({ atRest, underAttack }: Pick<AttackRow, 'atRest' | 'underAttack'>): number {
  return underAttack / atRest;
}

function problemsOf({ target, attack, peakMiB, limitMiB, failedAdds, end }: AttackRow): string[] {
  const what = `${target}, ${attack}:`;
  return [
    ...(end === undefined ? [] : [`${what} the process ended: ${String(end)}`]),
    ...(peakMiB <= limitMiB ? [] : [`${what} memory passed the limit`]),
    ...(failedAdds === 0 ? [] : [`${what} ${failedAdds} ADDs failed`]),
  ];
}

/** @param index of the attack among those of each turn */
function slowness(index: number): string[] {
  const rows = turns.flatMap((turn) => turn.slice(index, index + 1));
  const ratio = median(rows.map(ratioOf));
  const [{ target, attack } = { target: '', attack: '' }] = rows;
  console.log(`${target}, ${attack}: ${ratio.toFixed(2)} times as long as at rest, the middle of ${rows.length}`);
  return ratio <= mostRatio
    ? []
    : [`${target}, ${attack}: an ADD took more than ${mostRatio} times as long as at rest`];
}
