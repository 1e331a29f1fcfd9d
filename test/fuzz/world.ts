import { Daemon } from '../../src/daemon/daemon.ts';
import { MemoryJournal } from '../../src/daemon/journal/memory-journal.ts';
import { parsePrefix } from '../../src/ip/prefix.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Log } from '../../src/telemetry/log.ts';

const startOfTime = 1_700_000_000_000;

/** Time that stands still, so that an input does the same each time; pauses last until they are aborted. */
const stoppedClock: Clock = {
  now: () => startOfTime,
  elapsed: () => 0,
  pause: (_ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    }),
};

export interface World {
  readonly daemon: Daemon;
  readonly log: Log;
  /** Stops the daemon. @throws when the program logged an error, or its state breaks an invariant */
  end(): Promise<void>;
}

/** A daemon in memory with a small pool of each family: one for each input, so that inputs do not meet. */
export async function newWorld(): Promise<World> {
  const errors: unknown[] = [];
  const log = collectingLog(errors);
  let uids = 0;
  const daemon = new Daemon({
    node: 'node1',
    store: new MemoryStore({ now: stoppedClock.now, newUid: () => `uid-${++uids}` }),
    journal: new MemoryJournal(),
    clock: stoppedClock,
    log,
    cooldownMs: 30_000,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 1_000,
    clusterCidrs: [parsePrefix('10.0.0.0/26'), parsePrefix('fd00::/112')],
    blockSizes: { 4: 28, 6: 120 },
  });
  await daemon.start();
  const end = async (): Promise<void> => {
    const violations = await daemon.administration.check();
    await daemon.stop();
    for (const error of errors) throw error;
    if (violations.length > 0) throw new Error(`broken invariants: ${JSON.stringify(violations)}`);
  };
  return { daemon, log, end };
}

/** An error in the log is something that the program's author did not foresee. */
function collectingLog(errors: unknown[]): Log {
  const log: Log = {
    debug() {},
    info() {},
    warn: (fields) => keepUnforeseen((fields as { err?: unknown }).err, errors),
    error: (fields, message) => void errors.push((fields as { err?: unknown }).err ?? new Error(`logged: ${message}`)),
    child: () => log,
  };
  return log;
}

/** Some parts warn and go on: that is right for a refusal, and hides a bug. */
function keepUnforeseen(error: unknown, errors: unknown[]): void {
  if (error instanceof Error && error.name !== 'IpamError') errors.push(error);
}
