import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { needsRoot } from '../kit/privilege.ts';
import { type AttackRow, attacks, campaign, leftOut } from './campaign.ts';

/** More than twice as long as at rest, and the runtime notices. */
const mostRatio = 2;

const { values } = parseArgs({
  options: {
    adds: { type: 'string', default: '400' },
    held: { type: 'string', default: '2000' },
    target: { type: 'string' },
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
console.log('| target | attack | peak memory, MiB | limit | ADD at rest, ms | under attack | ratio |');
console.log('|---|---|---|---|---|---|---|');
const rows = await campaign({
  targets,
  adds: Number(values.adds),
  restAdds: Number(values.adds),
  held: Number(values.held),
  leadMs: 3_000,
  onRow: (row) => console.log(shown(row)),
});
const problems = rows.flatMap(problemsOf);
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 && rows.length > 0 ? 0 : 1);

function shown({ target, attack, peakMiB, limitMiB, isEnforced, atRest, underAttack }: AttackRow): string {
  const limit = isEnforced ? limitMiB : `${limitMiB}, not enforced here`;
  const ratio = (underAttack / atRest).toFixed(2);
  return `| ${target} | ${attack} | ${peakMiB.toFixed(0)} | ${limit} | ${atRest.toFixed(2)} | ${underAttack.toFixed(2)} | ${ratio} |`;
}

function problemsOf({ target, attack, peakMiB, limitMiB, atRest, underAttack, failedAdds, end }: AttackRow): string[] {
  const what = `${target}, ${attack}:`;
  return [
    ...(end === undefined ? [] : [`${what} the process ended: ${String(end)}`]),
    ...(peakMiB <= limitMiB ? [] : [`${what} memory passed the limit`]),
    ...(failedAdds === 0 ? [] : [`${what} ${failedAdds} ADDs failed`]),
    ...(underAttack <= mostRatio * atRest
      ? []
      : [`${what} an ADD took more than ${mostRatio} times as long as at rest`]),
  ];
}
