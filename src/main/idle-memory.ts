import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How often to look, milliseconds. */
const everyMs = 5_000;
/** Share of the time that the loop worked, below which nobody waits for it. */
const idleBelow = 0.05;
/** Growth of the heap since the last look that is worth a collection, bytes. */
const worthBytes = 4 * 1024 * 1024;

/**
 * Gives memory back after a burst of work: V8 collects only when it allocates, so a daemon that has become idle
 * would keep the garbage of its busiest minute for ever. Needs `--expose-gc`; without, does nothing.
 */
export function collectWhenIdle(): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  let collected = 0;
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > idleBelow || heapTotal() < collected + worthBytes) return;
    gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
    collected = heapTotal();
  };
  setInterval(look, everyMs).unref();
}

/** Not `process.memoryUsage`: that opens a file, and throws when the process has no descriptor left. */
function heapTotal(): number {
  return getHeapStatistics().total_heap_size;
}
