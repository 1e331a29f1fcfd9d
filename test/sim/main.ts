import { parseArgs } from 'node:util';
import { allFaults } from './options.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '100000' },
    nodes: { type: 'string', default: '4' },
    without: { type: 'string', default: '' },
    transcript: { type: 'boolean' },
    about: { type: 'string', default: '' },
  },
});
const without = new Set(values.without.split(','));
const started = performance.now();
const report = await simulate(
  {
    seed: Number(values.seed),
    operations: Number(values.steps),
    nodes: Number(values.nodes),
    faults: new Set([...allFaults].filter((f) => !without.has(f))),
  },
  values.transcript,
  values.about.split(',').filter(Boolean),
);
const s = (performance.now() - started) / 1000;
console.log(
  `${report.operations} operations in ${s.toFixed(1)} s (${(((report.operations / s) * 60) / 1e6).toFixed(2)} M/min), ${(report.elapsed / 1000).toFixed(0)} s simulated`,
  Object.fromEntries(report.faults),
);
if (report.broken) console.log(report.broken.message, `\n${report.transcript.join('\n')}`);
