/** The highest score that an extender gives (`MaxExtenderPriority`). */
export const highestScore = 10;

/**
 * Scores 0..10: which part of the most that any of them has is free. So nodes that have half of what the best one has are half
 * as good, and what the scheduler sees besides (load, spreading) decides between nodes with about as many.
 * @param free addresses, for each node
 */
export function scoresOf(free: readonly bigint[]): readonly number[] {
  let most = 0n;
  for (const one of free) if (one > most) most = one;
  return free.map((one) => (most === 0n ? 0 : Number((one * BigInt(highestScore)) / most)));
}
