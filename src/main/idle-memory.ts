import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How often to look, milliseconds. */
const everyMs = 5_000;
/** Share of the time that the loop worked, below which nobody waits for it. */
const idleBelow = 0.05;
const mebibyte = 1024 * 1024;
/**
 * After how long a rest how much growth of the heap is worth a collection. A collection makes the next thousands of calls
 * dear, since compiled code goes with it: Pods come in bursts with seconds between them, and a little waits for a long rest.
 */
const worthwhile: readonly (readonly [restMs: number, bytes: number])[] = [
  [everyMs, 128 * mebibyte],
  [60_000, 4 * mebibyte],
];

/**
 * Gives memory back after a burst of work: V8 collects only when it allocates, so a daemon that has become idle
 * would keep the garbage of its busiest minute for ever. Needs `--expose-gc`; without, does nothing.
 */
export function collectWhenIdle(): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  const rest = new Rest();
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (!rest.isWorthCollecting(utilization, heapTotal())) return;
    gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
    rest.collected(heapTotal());
  };
  setInterval(look, everyMs).unref();
}

/** For how long a program has had nothing to do, as looks at it told, and what has grown since its last collection. */
export class Rest {
  #ms = 0;
  #left = 0;

  /**
   * One more look, 5 s after the one before.
   * @param utilization share of the time since then in which the loop worked, 0..1
   * @param heap bytes
   */
  isWorthCollecting(utilization: number, heap: number): boolean {
    this.#ms = utilization > idleBelow ? 0 : this.#ms + everyMs;
    const grown = heap - this.#left;
    return worthwhile.some(([restMs, bytes]) => this.#ms >= restMs && grown >= bytes);
  }

  /** @param heap what it left, bytes */
  collected(heap: number): void {
    this.#left = heap;
  }
}

/** Not `process.memoryUsage`: that opens a file, and throws when the process has no descriptor left. */
function heapTotal(): number {
  return getHeapStatistics().total_heap_size;
}
