/** What the reference work takes on the machine on which limits were chosen, milliseconds. */
const referenceMs = 120;
const times = 700;
const rows = Array.from({ length: 200 }, (_, n) => ({
  name: `row ${n}`,
  n,
  text: 'x'.repeat(n % 40),
  nested: [n, { n }],
}));

/**
 * What this thread has spent so far, milliseconds: processor time, and time in which it waited for something. That others
 * had the processor does not count.
 */
export function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000 + performance.eventLoopUtilization().idle;
}

/** How many times slower this machine is just now than the one on which limits were chosen; 1 when it is not. */
export function slowness(): number {
  // The first time it is not compiled yet.
  return Math.max(1, Math.min(work(), work()) / referenceMs);
}

/** @returns what it took */
function work(): number {
  const before = spentMs();
  for (let time = 0; time < times; time += 1) JSON.parse(JSON.stringify(rows));
  return spentMs() - before;
}
