import type { Clock } from '../platform/clock.ts';
import type { Log } from '../telemetry/log.ts';

/** How one look at a key ended. */
export interface Result {
  /** `skipped`: something about it cannot be read; it was reported. */
  readonly outcome: 'unchanged' | 'written' | 'skipped';
  /** Look again after this time, although nothing changed, milliseconds. */
  readonly againMs?: number;
  /** Do not look again sooner than this, whatever changes, milliseconds; the queue's own pace when absent. */
  readonly paceMs?: number;
}

export interface WorkQueueOptions {
  /** What the keys name; in logs and metrics. */
  readonly kind: string;
  readonly reconcile: (key: string) => Promise<Result>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Keys at work at once. */
  readonly concurrency: number;
  /** How long to wait after a first change: more of them come together, milliseconds. */
  readonly settleMs: number;
  /** Least time between two looks at one key, milliseconds. */
  readonly paceMs: number;
  /** While keys keep coming by `add`, looking at them waits; absent: it does not. */
  readonly rush?: {
    /** It is over when none has come for this long, milliseconds. */
    readonly quietMs: number;
    /** What lasts longer is no rush, and is waited for no more, milliseconds. */
    readonly longestMs: number;
  };
  readonly onDone?: (kind: string, outcome: Result['outcome'] | 'failed', seconds: number) => void;
}

const firstBackOffMs = 500;
const longestBackOffMs = 60_000;
/** Keys are woken together, this often: a hundred thousand that wait have not as many timers. */
const tickMs = 50;

interface Entry {
  /** When somebody wants it looked at; undefined: nobody does. */
  due: number | undefined;
  /** Not before, whoever wants it: its pace, or back-off after failures. */
  earliest: number;
  failures: number;
  state: 'idle' | 'ready' | 'running';
  /** Which of its sleeps is the one that counts. */
  sleep: number;
}

/**
 * Keys to look at: each once, however often it was added; never twice at the same time; those that fail come back
 * later and later, and never stop the others.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #entries = new Map<string, Entry>();
  #ready: string[] = [];
  /** How many of them have had their turn. */
  #taken = 0;
  /** What to wake at each tick, milliseconds of its clock's `elapsed`. */
  readonly #asleep = new Map<number, (() => void)[]>();
  #running = 0;
  #idle: (() => void) | undefined;
  /** When the first and the last key of the present rush came, milliseconds of its clock's `elapsed`. */
  #rush = { began: 0, last: 0 };
  /** For the rush to end. */
  #isWaiting = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Keys that wait for their turn or have it. */
  get length(): number {
    let length = 0;
    for (const { due, state } of this.#entries.values()) length += due !== undefined || state === 'running' ? 1 : 0;
    return length;
  }

  /** A key that somebody changed. */
  add(key: string): void {
    this.#noteRush(this.#options.clock.elapsed());
    this.#want(key, this.#options.settleMs);
  }

  /**
   * A key that nobody changed, as far as is known: all of them now and then, or one that shows what was written here. It is
   * no part of a rush: a queue that heard its own writes as one would wait after each few of them.
   */
  revisit(key: string, delayMs = this.#options.settleMs): void {
    this.#want(key, delayMs);
  }

  #want(key: string, delayMs: number): void {
    if (this.#options.signal.aborted) return;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { due: undefined, earliest: 0, failures: 0, state: 'idle', sleep: 0 };
      this.#entries.set(key, entry);
    }
    const due = this.#options.clock.elapsed() + delayMs;
    if (entry.due !== undefined && entry.due <= due) return;
    entry.due = due;
    this.#schedule(key, entry);
  }

  /** Resolves when the signal has aborted and nothing is at work any more. */
  async ended(): Promise<void> {
    const { signal } = this.#options;
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #schedule(key: string, entry: Entry): void {
    const { clock, signal } = this.#options;
    if (entry.state !== 'idle' || signal.aborted) return;
    entry.sleep += 1;
    const { sleep } = entry;
    const at = Math.max(entry.due ?? 0, entry.earliest);
    if (at > clock.elapsed()) {
      this.#wakeAt(at, () => {
        if (entry.sleep === sleep) this.#schedule(key, entry);
      });
      return;
    }
    if (entry.due === undefined) {
      this.#entries.delete(key);
      return;
    }
    entry.state = 'ready';
    this.#ready.push(key);
    this.#pump();
  }

  #wakeAt(at: number, wake: () => void): void {
    const { clock, signal } = this.#options;
    const tick = Math.ceil(at / tickMs) * tickMs;
    const others = this.#asleep.get(tick);
    if (others !== undefined) {
      others.push(wake);
      return;
    }
    const sleepers = [wake];
    this.#asleep.set(tick, sleepers);
    void clock.pause(tick - clock.elapsed(), signal).then(() => {
      this.#asleep.delete(tick);
      for (const one of sleepers) one();
    });
  }

  #noteRush(now: number): void {
    const { rush } = this.#options;
    if (rush === undefined) return;
    const isOver = now - this.#rush.last >= rush.quietMs;
    this.#rush = { began: isOver ? now : this.#rush.began, last: now };
  }

  /** Until when looking waits, milliseconds of its clock's `elapsed`. */
  #rushEnd(): number {
    const { rush } = this.#options;
    if (rush === undefined) return 0;
    return Math.min(this.#rush.last + rush.quietMs, this.#rush.began + rush.longestMs);
  }

  /** In the order of arrival. Taking the first off an array of many costs as much as it is long. */
  #next(): string | undefined {
    const key = this.#ready[this.#taken];
    if (key === undefined) {
      this.#ready = [];
      this.#taken = 0;
    } else this.#taken += 1;
    return key;
  }

  #pump(): void {
    const { concurrency, clock, signal } = this.#options;
    while (this.#running < concurrency && !signal.aborted) {
      if (this.#rushEnd() > clock.elapsed()) {
        this.#pumpAfterRush();
        return;
      }
      const key = this.#next();
      if (key === undefined) return;
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      entry.state = 'running';
      entry.due = undefined;
      this.#running += 1;
      void this.#run(key, entry).then(() => {
        this.#running -= 1;
        entry.state = 'idle';
        this.#schedule(key, entry);
        this.#pump();
        if (this.#running === 0) this.#idle?.();
      });
    }
  }

  #pumpAfterRush(): void {
    if (this.#isWaiting || this.#ready.length === this.#taken) return;
    this.#isWaiting = true;
    this.#wakeAt(this.#rushEnd(), () => {
      this.#isWaiting = false;
      this.#pump();
    });
  }

  async #run(key: string, entry: Entry): Promise<void> {
    const { kind, reconcile, clock, log, signal, paceMs, onDone } = this.#options;
    const start = clock.elapsed();
    let outcome: Result['outcome'] | 'failed' = 'failed';
    try {
      const result = await reconcile(key);
      outcome = result.outcome;
      entry.failures = 0;
      entry.earliest = clock.elapsed() + (result.paceMs ?? paceMs);
      if (result.againMs !== undefined) this.#want(key, result.againMs);
    } catch (error) {
      entry.failures += 1;
      const wait = Math.min(firstBackOffMs * 2 ** (entry.failures - 1), longestBackOffMs);
      entry.earliest = clock.elapsed() + wait;
      if (!signal.aborted) log.warn({ err: error, kind, key, wait }, 'could not reconcile; trying again');
      this.#want(key, wait);
    }
    onDone?.(kind, outcome, (clock.elapsed() - start) / 1000);
  }
}
