import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { killRounds } from './kill-rounds.ts';

/** `make soak`: the kill rounds for as long as one likes. */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
const started = Date.now();
process.stdout.write(
  `${new Date().toISOString()} ${rounds} rounds, seed ${seed}, ${cpus().length} x ${cpus()[0]?.model}\n`,
);
const report = await killRounds({
  rounds,
  seed,
  onRound: (round, { adds, dels, unknown }) => {
    if (round % 50 === 0) process.stdout.write(`round ${round}: ${adds} ADD, ${dels} DEL, ${unknown} answers lost\n`);
  },
});
const seconds = Math.round((Date.now() - started) / 1000);
process.stdout.write(
  `${report.kills} kills in ${seconds} s: ${report.adds} ADD, ${report.dels} DEL, ${report.unknown} answers lost, ${report.problems.length} problems\n`,
);
for (const problem of report.problems) process.stdout.write(`${problem}\n`);
process.exit(report.problems.length === 0 ? 0 : 1);
