import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { allFaults, command, faultsWithout, storeFaults } from './options.ts';
import { shrink } from './shrink.ts';

const fixedSeed = 1;
/** The same in every run, and new in every run. */
const fixedOperations = 400_000;
const freshOperations = 400_000;
const statefulOperations = 150_000;
const freshSeed = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** A million operations; `make sim` does ten, of a fresh seed. The time guards against hanging alone. */
describe('the simulated cluster', () => {
  it.each([
    ['of a fixed seed', fixedSeed, fixedOperations, allFaults],
    ['of a fresh seed', freshSeed, freshOperations, allFaults],
    ['with a StatefulSet, of a store that forgets nothing', fixedSeed, statefulOperations, faultsWithout(storeFaults)],
  ])('keeps every promise in its operations, %s', { timeout: 3_600_000 }, async (_what, seed, operations, faults) => {
    const started = performance.now();
    const report = await campaign({ seed, operations, workers: availableParallelism(), faults });
    const minutes = (performance.now() - started) / 60_000;
    const pace = (report.operations / 1e6 / minutes).toFixed(2);
    process.stdout.write(
      `simulation: seed ${seed}, ${report.operations} operations in ${report.worlds} worlds, ${pace} million a minute\n`,
    );
    const shrunk = report.failed && (await shrink(report.failed.options));
    const again = shrunk && `seed ${seed}, again: ${command(shrunk.options)}\n${shrunk.report.transcript.join('\n')}`;
    expect(report.failed?.message, again).toBeUndefined();
    expect(report.operations).toBeGreaterThanOrEqual(operations);
    // Every kind of fault has struck: a simulation in which nothing goes wrong proves nothing.
    for (const kind of faults) expect(report.faults.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });
});
