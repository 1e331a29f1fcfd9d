import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { distribution } from '../kit/distribution.ts';
import { needsRoot } from '../kit/privilege.ts';
import { afterKills, faultReport } from './fault-report.ts';
import { faultRun } from './fault-run.ts';

/** `make ha`: a cluster under load and faults, for as long as one likes. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Where a history that cannot be explained is kept. */
    history: { type: 'string', default: 'build/ha-history.json' },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);
if (needsRoot !== '') {
  say(`no run: ${needsRoot}`);
  process.exit(1);
}
const machine = `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
say(`${new Date().toISOString()}, ${machine}, load ${load()} before, ${seconds} s, seed ${seed}`);
const report = await faultRun({
  seconds,
  seed,
  onFault: (kind, { faults, outages }) => {
    const last = outages.at(-1);
    const ms = last?.fault === kind ? `, the next lease after ${Math.round(last.firstMs)} ms` : '';
    say(`${faults.total}. ${kind}${ms}`);
  },
});
for (const problem of report.problems) say(problem);
if (report.verdict?.type === 'broken') writeFileSync(values.history, JSON.stringify(report.verdict, undefined, 1));
for (const line of faultReport(report)) say(line);
say(`load ${load()} after; kill of the leader to the next lease, ms: ${distribution(afterKills(report.outages))}`);
process.exit(report.problems.length === 0 ? 0 : 1);

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}
