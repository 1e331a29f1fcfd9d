import type { WorldOptions } from './options.ts';
import { type SimulationReport, simulate } from './simulate.ts';

/**
 * The simplest world found in which a promise breaks: fewer machines, fewer kinds of faults, fewer operations.
 * Which promise breaks may differ from the first; the cause is nearly always the same.
 */
export async function shrink(failing: WorldOptions): Promise<{ options: WorldOptions; report: SimulationReport }> {
  let options = failing;
  const tryWith = async (changes: Partial<WorldOptions>): Promise<void> => {
    const candidate = { ...options, ...changes };
    const { broken, operations } = await simulate(candidate);
    if (broken !== undefined) options = { ...candidate, operations };
  };
  await tryWith({});
  for (let nodes = 1; nodes < options.nodes; nodes += 1) await tryWith({ nodes });
  for (const kind of failing.faults) {
    await tryWith({ faults: new Set([...options.faults].filter((other) => other !== kind)) });
  }
  return { options, report: await simulate(options, true) };
}
