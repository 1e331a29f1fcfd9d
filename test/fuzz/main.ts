import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { describeFinding, fuzz, replay } from './fuzz.ts';
import { fuzzShim } from './shim.ts';
import { allTargets } from './targets/all.ts';

/** `make fuzz`: every target for as long as one likes; `--target` for one alone. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const wanted = (name: string): boolean => values.target === undefined || values.target === name;
const problems: string[] = [];

print(`${new Date().toISOString()} ${seconds} s a target, seed ${seed}, ${cpus().length} x ${cpus()[0]?.model}`);
for (const target of allTargets.filter(({ name }) => wanted(name))) {
  const replayed = await replay(target);
  const { runs, seconds: took, findings } = await fuzz(target, { budgetMs: seconds * 1000, seed });
  report(target.name, runs, took, [...replayed, ...findings.map(describeFinding)]);
}
if (wanted('shim')) {
  const { skipped, runs, seconds: took, problems: found } = await fuzzShim({ seconds, seed });
  if (skipped === undefined) report('shim', runs, took, found);
  else print(`shim: skipped: ${skipped}`);
}
process.exit(problems.length === 0 ? 0 : 1);

function report(name: string, runs: number, took: number, found: readonly string[]): void {
  print(`${name}: ${runs} runs, ${Math.round(runs / Math.max(took, 0.001))} runs/s, ${found.length} findings`);
  for (const one of found) print(one);
  problems.push(...found);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
