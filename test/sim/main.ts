import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type CampaignReport, campaign } from './campaign.ts';
import { emphases, emphasisOf } from './emphasis.ts';
import { claimsKnown, command, type FaultKind, faultKinds, faultsWithout } from './options.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const usage = `usage: make sim SEED=n STEPS=n           worlds of that seed, until so many operations have happened
       node test/sim/main.ts --world n …    one world: --nodes n, --steps n, --about word,word
both take --without fault,fault, --claims all|own, and --emphasis ${emphases.join('|')}
faults: ${faultKinds.join(', ')}
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    steps: { type: 'string' },
    world: { type: 'string' },
    nodes: { type: 'string', default: '4' },
    without: { type: 'string', default: '' },
    about: { type: 'string', default: '' },
    claims: { type: 'string' },
    emphasis: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(usage);
else if (values.world !== undefined) await oneWorld(Number(values.world));
else await manyWorlds(Number(values.seed ?? Date.now() % 1_000_000), Number(values.steps ?? 10_000_000));

async function manyWorlds(seed: number, operations: number): Promise<void> {
  const workers = availableParallelism();
  const started = performance.now();
  const claims = values.claims === undefined ? {} : { claims: understood(() => claimsKnown(values.claims ?? '')) };
  const more = values.emphasis === undefined ? {} : { emphasis: understood(() => emphasisOf(values.emphasis ?? '')) };
  const report = await campaign({ seed, operations, workers, faults: faults(), ...claims, ...more });
  const minutes = (performance.now() - started) / 60_000;
  if (values.json) {
    const { failed } = report;
    const place = failed && { world: failed.index, inWorld: failed.operations };
    sayJson({ seed, operations: report.operations, broken: failed?.message, ...place });
    process.exit(failed === undefined ? 0 : 1);
  }
  process.stdout.write(`${new Date().toISOString()}, ${workers} threads, ${cpus()[0]?.model}, seed ${seed}\n`);
  process.stdout.write(summary(report, minutes));
  if (report.failed === undefined) return;
  process.stdout.write(`${report.failed.message}\nshrinking …\n`);
  const shrunk = await shrink(report.failed.options);
  process.stdout.write(`${shrunk.report.transcript.join('\n')}\nagain: ${command(shrunk.options)}\n`);
  process.exit(1);
}

async function oneWorld(seed: number): Promise<void> {
  const claims = understood(() => claimsKnown(values.claims ?? 'all'));
  const emphasis = understood(() => emphasisOf(values.emphasis ?? 'nothing'));
  const operations = Number(values.steps ?? 50_000);
  const options = { seed, claims, emphasis, nodes: Number(values.nodes), operations, faults: faults() };
  const report = await simulate(options, !values.json, values.about.split(',').filter(Boolean));
  if (values.json) {
    sayJson({ seed, operations: report.operations, broken: report.broken?.message });
    process.exit(report.broken === undefined ? 0 : 1);
  }
  process.stdout.write(`${report.operations} operations, ${Math.round(report.elapsed / 1000)} s simulated\n`);
  if (report.broken === undefined) return;
  process.stdout.write(`${report.broken.message}\n${report.transcript.join('\n')}\n`);
  process.exit(1);
}

function sayJson(report: object): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function faults(): ReadonlySet<FaultKind> {
  return understood(() => faultsWithout(values.without.split(',').filter(Boolean)));
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

function summary({ worlds, operations, elapsed, faults: struck, failed }: CampaignReport, minutes: number): string {
  const happened = [...struck].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const hours = (elapsed / 3_600_000).toFixed(1);
  const pace = (operations / 1e6 / minutes).toFixed(2);
  return `${operations.toLocaleString('en')} operations in ${worlds} worlds, ${hours} simulated hours, ${minutes.toFixed(1)} minutes (${pace} million a minute)
faults: ${happened}
${failed === undefined ? 'no promise broken' : 'a promise broke'}
`;
}
