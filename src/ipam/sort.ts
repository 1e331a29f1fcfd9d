/** Sorted at once; larger parts are put together step by step. */
const runLength = 512;

/** Sorts a list of any length in steps that are short, each of them a yield. @returns a new list */
export function* sortInSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<undefined, T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += runLength) {
    runs.push(items.slice(start, start + runLength).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(yield* merge(runs[index] ?? [], runs[index + 1] ?? [], compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): Generator<undefined, T[]> {
  const merged: T[] = [];
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const takesLeft = right >= b.length || (left < a.length && compare(a[left] as T, b[right] as T) <= 0);
    merged.push((takesLeft ? a[left] : b[right]) as T);
    if (takesLeft) left += 1;
    else right += 1;
    yield;
  }
  return merged;
}
