import { uptime } from 'node:os';

/** What the two ways to measure may differ by, milliseconds: the kernel tells the uptime in hundredths of a second. */
const tolerance = 500;

/**
 * Milliseconds since the start of the machine, those in which it slept among them: of a clock that nobody sets. The clock of the
 * process is read mostly, which costs a hundredth of asking the kernel for the uptime, and does not go on while a machine sleeps: the
 * kernel is asked again when the time of day has moved on by another amount.
 */
export function sinceBoot(now: () => number): () => number {
  let base = uptime() * 1_000 - performance.now();
  let offset = now() - (base + performance.now());
  return () => {
    const elapsed = base + performance.now();
    if (Math.abs(now() - elapsed - offset) < tolerance) return elapsed;
    const asked = uptime() * 1_000 - performance.now();
    if (Math.abs(asked - base) >= tolerance) base = asked;
    offset = now() - (base + performance.now());
    return base + performance.now();
  };
}
