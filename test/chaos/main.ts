import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { needsRoot } from '../kit/privilege.ts';
import { killRounds } from './kill-rounds.ts';
import { storm } from './storm.ts';
import { stormLine } from './storm-line.ts';

/** `make soak`: the kill rounds, then the storms, for as long as one likes. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2000' },
    'storm-seconds': { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
  },
});
const [rounds, stormSeconds, seed] = [Number(values.rounds), Number(values['storm-seconds']), Number(values.seed)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(
  `${new Date().toISOString()} ${rounds} rounds, ${stormSeconds} s of storms, seed ${seed}, ${cpus().length} x ${cpus()[0]?.model}`,
);
const problems: string[] = [];
if (rounds > 0) problems.push(...(await killAndSay()));
if (stormSeconds > 0 && needsRoot !== '') say(`no storms: ${needsRoot}`);
else if (stormSeconds > 0) problems.push(...(await stormAndSay()));
for (const problem of problems) say(problem);
process.exit(problems.length === 0 ? 0 : 1);

async function killAndSay(): Promise<readonly string[]> {
  const started = Date.now();
  const report = await killRounds({
    rounds,
    seed,
    onRound: (round, { adds, dels, unknown }) => {
      if (round % 50 === 0) say(`round ${round}: ${adds} ADD, ${dels} DEL, ${unknown} answers lost`);
    },
  });
  say(
    `${report.kills} kills in ${Math.round((Date.now() - started) / 1000)} s: ${report.adds} ADD, ${report.dels} DEL, ${report.unknown} answers lost, ${report.problems.length} problems`,
  );
  return report.problems;
}

async function stormAndSay(): Promise<readonly string[]> {
  const report = await storm({ seconds: stormSeconds, seed, onQuiet: (so) => say(stormLine(so)) });
  say(`storms are over: ${stormLine(report)}`);
  return report.problems;
}
