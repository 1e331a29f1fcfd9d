import type { Mutation } from '../test/mutation/mutations.ts';

/** Planted faults name text of the sources: each must be there exactly once, or the fault is planted no more when it is looked for. */
export function faultProblems(faults: readonly Mutation[], sources: ReadonlyMap<string, string>): string[] {
  return faults.flatMap(({ name, edits }) =>
    edits.flatMap(({ file, from }) => {
      const times = (sources.get(file)?.split(from).length ?? 1) - 1;
      return times === 1 ? [] : [`test/mutation/mutations.ts: "${name}": ${file} has ${times} times: ${from}`];
    }),
  );
}
