import type { Range } from '../../ip/range.ts';
import { countAddresses, type RangeSet, rangeSet } from '../../ip/range-set.ts';
import type { Violation } from '../../ipam/check.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import { IpamError } from '../../resources/errors.ts';
import { outageAdvice } from '../../store/connectivity.ts';
import type { HistoryListener } from '../../store/history.ts';
import type { Log } from '../../telemetry/log.ts';
import type { HeldBack } from '../allocation/held-back.ts';

export interface StoreHistoryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly heldBack: HeldBack;
  /** How long an ADD may take, milliseconds. */
  readonly sandboxDeadlineMs: number;
  readonly cooldownMs: number;
  /** Why the store is not reached; empty: it answers. */
  readonly outage: () => string;
  /** Told that the store went back: what is on record is to be secured. */
  readonly onWentBack: () => void;
  /** Told of every interruption, and that the store went back. @param isGap changes may have been missed for good */
  readonly onInterrupted?: (kind: string, isGap: boolean) => void;
  /** Does this daemon know what others have? Absent: it does. */
  readonly knowsOthers?: () => boolean;
}

/**
 * After a store went back nothing new is taken from it for so long, milliseconds: daemons that run are back within a second
 * of it, list, and claim again what they have on record. What none but its holder had seen is back by then.
 */
export const quietMs = 15_000;
/**
 * A claim that a restore brought back is an orphan when it is older than an ADD can take, and gone after some rounds of
 * collection, milliseconds. Only then can whoever has its address by now take it again.
 */
const orphansMs = 60_000;
/**
 * How long a call waits to hear whether the store is still the one that it was, milliseconds; and once more so long where the
 * store answers meanwhile: an API server that has just started takes seconds for each list. The CNI executable waits 15 s.
 */
const confirmMs = 5_000;
/** While a call waits for that, the store is asked again after so long at most, milliseconds. */
const awaitedPauseMs = 500;

/**
 * What this daemon believes of the store's history. A store that was set back has forgotten claims and blocks whose
 * holders live on. Until they have taken them again, nothing that they may hold is given to another.
 */
export class StoreHistory implements HistoryListener {
  readonly #options: StoreHistoryOptions;
  readonly #interrupted = new Set<string>();
  /** Kinds of which the start did not find out whether the store is the one that it was. */
  readonly #openSinceStart = new Set<string>();
  /** What others had, and lists lacked, while nobody knows whether the store is the one that it was. */
  #gone: RangeSet[] = [];
  #confirmed = Promise.withResolvers<void>();
  /** Calls that wait for it. */
  #waiting = 0;
  #awaited = new AbortController();
  /** Counts interruptions: what was asked for under one of them was perhaps asked of another store. */
  #epoch = 0;
  #times = 0;
  #evidence = '';
  /** Milliseconds since 1970. */
  #wentBackAt = 0;
  /** By the clock that nobody sets, as the next: what is waited for must not be over early, nor in an hour. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  #settledAt = Number.NEGATIVE_INFINITY;
  /** How often, when each kind was last asked about. */
  readonly #told = new Map<string, number>();
  /** Before the start has ended nothing of others was ever seen. */
  isStarting = true;

  constructor(options: StoreHistoryOptions) {
    this.#options = options;
  }

  interrupted(kind: string, isGap = false): void {
    this.#interrupted.add(kind);
    if (this.isStarting) this.#openSinceStart.add(kind);
    this.#epoch += 1;
    this.#options.onInterrupted?.(kind, isGap);
  }

  confirmed(kind: string): void {
    this.#openSinceStart.delete(kind);
    const wasInterrupted = this.#interrupted.delete(kind);
    if (this.#interrupted.size > 0) return;
    this.#gone = [];
    if (!wasInterrupted) return;
    this.#confirmed.resolve();
    this.#confirmed = Promise.withResolvers<void>();
  }

  wentBack(kind: string, evidence: string): void {
    const {
      clock,
      log,
      heldBack,
      sandboxDeadlineMs,
      onWentBack,
      onInterrupted,
      knowsOthers = () => true,
    } = this.#options;
    onInterrupted?.(kind, true);
    const now = clock.elapsed();
    const isNews = now >= this.#settledAt;
    this.#epoch += 1;
    this.#times += 1;
    this.#evidence = `${kind}: ${evidence}`;
    if (isNews) this.#wentBackAt = clock.now();
    this.#settledAt = now + sandboxDeadlineMs + orphansMs;
    // What others had is known to those who looked; who did not waits until all of them have taken it again.
    const hasLooked = !this.isStarting && this.#openSinceStart.size === 0 && knowsOthers();
    this.#quietUntil = Math.max(this.#quietUntil, hasLooked ? now + quietMs : this.#settledAt);
    for (const gone of this.#gone) heldBack.add(gone, this.#settledAt - now);
    this.#gone = [];
    const until = this.#dateOf(this.#settledAt);
    const what = 'the store went back; what vanished stays with whoever had it until all have secured what they hold';
    if (isNews) log.error({ kind, evidence, until }, what);
    else log.warn({ kind, evidence, until }, what);
    onWentBack();
  }

  /** Has it been found that the store went back since this was asked of the kind? */
  isNews(kind: string): boolean {
    const before = this.#told.get(kind) ?? 0;
    this.#told.set(kind, this.#times);
    return before < this.#times;
  }

  /** How often it was found that the store went back. */
  get times(): number {
    return this.#times;
  }

  get isSettling(): boolean {
    return this.#options.clock.elapsed() < this.#settledAt;
  }

  /** @returns why nothing new is taken from the store now; empty: it is */
  get quietBecause(): string {
    if (this.#options.clock.elapsed() >= this.#quietUntil) return '';
    return `the store went back (${this.#evidence}), and nothing new is taken from it before ${this.#dateOf(this.#quietUntil)}`;
  }

  /** What others had, and a list lacks: they may have released it while nobody looked, or hold it still. */
  holdBack(addresses: readonly Range[]): void {
    const { clock, cooldownMs, heldBack } = this.#options;
    const gone = rangeSet(addresses);
    heldBack.add(gone, this.isSettling ? this.#settledAt - clock.elapsed() : Math.max(cooldownMs, quietMs));
    if (this.isStarting || this.#interrupted.size > 0) this.#gone.push(gone);
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#options.clock.pause(ms, signal);
  }

  /**
   * Waits before the store is asked again after a failure. A call that waits for the answer ends it: after a long outage
   * the next look may be ten seconds away, and each kind has its own.
   */
  async pauseToAsk(ms: number, signal: AbortSignal): Promise<void> {
    const longest = this.#waiting > 0 ? awaitedPauseMs : ms;
    await this.#options.clock.pause(Math.min(ms, longest), AbortSignal.any([signal, this.#awaited.signal]));
  }

  /**
   * Before anything new is taken from the store. @returns what `requireStill` asks for afterwards
   * @throws IpamError not-ready: it went back a moment ago; store-unavailable: nobody knows yet whether it did
   */
  async admit(): Promise<number> {
    await this.#confirmation();
    const quiet = this.quietBecause;
    if (quiet !== '') throw new IpamError('not-ready', quiet, { advice: 'try again' });
    return this.#epoch;
  }

  /**
   * Was what has just been taken, taken from the store that `admit` let in to? Else it counts for nothing.
   * @throws IpamError not-ready, store-unavailable
   */
  async requireStill(epoch: number): Promise<void> {
    if (epoch === this.#epoch) return;
    const times = this.#times;
    await this.#confirmation();
    if (times === this.#times && this.quietBecause === '') return;
    throw new IpamError('not-ready', this.quietBecause, { advice: 'try again' });
  }

  violations(): readonly Violation[] {
    if (!this.isSettling) return [];
    const until = this.#dateOf(this.#settledAt);
    const { heldBack } = this.#options;
    return [
      {
        invariant: 6,
        subject: 'store',
        message: `went back at ${new Date(this.#wentBackAt).toISOString()} (${this.#evidence}); ${countAddresses(heldBack.all)} addresses that others had are held back until ${until}`,
        repair: 'start the ipam-daemon of every node that has Pods, before that time (docs/etcd.md)',
      },
    ];
  }

  /** What a time of the clock that nobody sets is by the one that stands on the wall now. */
  #dateOf(at: number): string {
    const { clock } = this.#options;
    return new Date(Math.round(clock.now() + at - clock.elapsed())).toISOString();
  }

  async #confirmation(): Promise<void> {
    if (this.#interrupted.size === 0) return;
    const { outage } = this.#options;
    const confirmed = this.#confirmed.promise;
    const isInTime = (await this.#comesInTime(confirmed)) || (outage() === '' && (await this.#comesInTime(confirmed)));
    if (isInTime) return this.#confirmation();
    const why = outage();
    const what = 'nobody knows yet whether the store is still the one that it was';
    throw new IpamError('store-unavailable', why === '' ? what : `${why}, and ${what}`, { advice: outageAdvice });
  }

  async #comesInTime(confirmed: Promise<void>): Promise<boolean> {
    this.#waiting += 1;
    const awaited = this.#awaited;
    this.#awaited = new AbortController();
    awaited.abort();
    try {
      return await comesInTime(confirmed, confirmMs, this.#options.clock);
    } finally {
      this.#waiting -= 1;
    }
  }
}
