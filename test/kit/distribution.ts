/** `n 12, min 310, median 540, p90 800, p99 1200, max 1200`, by nearest rank. */
export function distribution(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Number.isFinite(value) ? String(Math.round(value)) : 'never';
  };
  return `n ${sorted.length}, min ${at(0)}, median ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`;
}
