/** One measured figure, with the peer's of the same run where there is one. */
export interface BenchRow {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: { readonly name: string; readonly value: number };
  /** How many times better than the peer; above 1 is better. */
  readonly ratio?: number;
  /** What the project wants, and whether this run reached it. */
  readonly goal?: { readonly text: string; readonly reached: boolean };
}

/** The middle of a list; of an even number, the lower middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
