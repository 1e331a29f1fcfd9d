import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { allFaults, faultsOfSoundStores } from './options.ts';
import { shrink } from './shrink.ts';

const fixedSeed = 1;
/** The same in every run, and new in every run. */
const fixedOperations = 8_000_000;
const freshOperations = 2_000_000;
/** As far as promises are known to hold while the store itself forgets (docs/reliability.md has how far that is). */
const forgetfulOperations = 300_000;
const freshSeed = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** Ten million operations, and some with a store that does not keep what it was given. */
describe('the simulated cluster', () => {
  it.each([
    ['of a fixed seed', fixedSeed, fixedOperations, faultsOfSoundStores],
    ['of a fresh seed', freshSeed, freshOperations, faultsOfSoundStores],
    ['whose store goes back, forgets and is spoilt by hand', fixedSeed, forgetfulOperations, allFaults],
  ])('keeps every promise in its operations, %s', { timeout: 1_200_000 }, async (_what, seed, operations, faults) => {
    const started = performance.now();
    const report = await campaign({ seed, operations, workers: availableParallelism(), faults });
    const minutes = (performance.now() - started) / 60_000;
    const pace = (report.operations / 1e6 / minutes).toFixed(2);
    process.stdout.write(
      `simulation: seed ${seed}, ${report.operations} operations in ${report.worlds} worlds, ${pace} million a minute\n`,
    );
    const transcript = report.failed === undefined ? [] : (await shrink(report.failed.options)).report.transcript;
    expect(report.failed?.message, `seed ${seed}\n${transcript.join('\n')}`).toBeUndefined();
    expect(report.operations).toBeGreaterThanOrEqual(operations);
    // Every kind of fault has struck: a simulation in which nothing goes wrong proves nothing.
    if (operations > forgetfulOperations)
      for (const kind of faults) expect(report.faults.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });
});
