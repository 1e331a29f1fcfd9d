import { ClockDoubt } from '../../ipam/history/clock-doubt.ts';
import type { HistoryEntry } from '../../ipam/history/entry.ts';
import { packed, segmentEntries, unpacked } from '../../ipam/history/packing.ts';
import { type HistoryLimits, leftOut } from '../../ipam/history/retention.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Journal } from '../journal/journal.ts';
import type { SaidAgain } from './said-again.ts';

/** Segments that are packed in one round: the rest waits for the next, as the event loop waits a millisecond for each. */
const packedAtOnce = 8;
/** Between two looks at how old what is not packed is, milliseconds. */
const tailMs = 3_600_000;

export interface HistoryUpkeepParts {
  readonly node: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Which start of the machine this is; undefined: the system does not tell. */
  readonly boot: string | undefined;
  readonly limits: HistoryLimits;
  readonly saidAgain: SaidAgain;
}

/** Keeps the history small: packs what has become many entries, and leaves out what is over its time or its size. */
export class HistoryUpkeep {
  readonly #parts: HistoryUpkeepParts;
  #hasBegun = false;
  /** When the age of what is not packed was looked at, milliseconds since 1970. */
  #tailSeen = 0;

  constructor(parts: HistoryUpkeepParts) {
    this.#parts = parts;
  }

  /** A daemon begins: what it writes from now on is of this start. Where nothing can be written, a later round says so. */
  async begin(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn({ err: error }, 'the history does not say yet that this daemon was started');
    }
  }

  async #begin(): Promise<void> {
    const { node, journal, boot } = this.#parts;
    await journal.commit([{ type: 'started', node, boot }]);
    this.#hasBegun = true;
  }

  /** It ends in good order. */
  async end(): Promise<void> {
    const { node, journal, log } = this.#parts;
    try {
      await journal.commit([{ type: 'note', note: { what: 'stopped', node, addresses: [] } }]);
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.warn({ err: error }, 'the history does not say that this daemon was stopped');
    }
  }

  /** @throws IpamError storage-full, storage-damaged, store-unavailable */
  async round(): Promise<void> {
    const { journal } = this.#parts;
    if (!this.#hasBegun) await this.#begin();
    // It says so, whether anything else happens or not.
    if (journal.history.isClockSet) await journal.commit([]);
    if (journal.history.tailLength >= 2 * segmentEntries) await this.#pack();
    await this.#leaveOut();
  }

  async #pack(): Promise<void> {
    const { journal } = this.#parts;
    const tail = journal.history.tail();
    for (let part = 0; part < packedAtOnce; part += 1) {
      const entries = tail.slice(part * segmentEntries, (part + 1) * segmentEntries);
      // The last entry stays as it is: the next one has its number from it.
      if (entries.length < segmentEntries || (part + 1) * segmentEntries >= tail.length) return;
      await journal.commit([{ type: 'pack', segment: packed(entries) }]);
    }
  }

  async #leaveOut(): Promise<void> {
    const { journal } = this.#parts;
    const { history } = journal;
    const tail = this.#isTailDue() ? history.tail() : [];
    const upTo = this.#over(tail);
    if (upTo === undefined) return;
    const changes = [...this.#parts.saidAgain.of(tail.filter(({ sequence }) => sequence <= upTo))];
    for (const { first, last } of history.segments()) {
      if (last > upTo) break;
      const segment = history.segment(first);
      const entries = segment === undefined ? undefined : unpacked(segment);
      changes.push(...this.#parts.saidAgain.of(entries ?? []));
    }
    await journal.commit([{ type: 'forget', upTo }, ...changes]);
  }

  /** @param tail what is not packed, where that is due to be looked at */
  #over(tail: readonly HistoryEntry[]): number | undefined {
    const { journal, clock, limits } = this.#parts;
    const { history } = journal;
    const loose = tail.map(({ sequence, at }) => ({ last: sequence, from: at, bytes: 0 }));
    // The tail is newer than any segment: without it, the newest of these would count as the newest of all.
    const newest = { last: Number.POSITIVE_INFINITY, from: Number.POSITIVE_INFINITY, bytes: 0 };
    const parts = [...history.segments().map(({ last, from, bytes }) => ({ last, from, bytes })), ...loose, newest];
    return leftOut(parts, limits, new ClockDoubt(history.clockSteps), clock.now());
  }

  /** On a node where little happens entries are never packed, and their time ends all the same. */
  #isTailDue(): boolean {
    const now = this.#parts.clock.now();
    if (Math.abs(now - this.#tailSeen) < tailMs) return false;
    this.#tailSeen = now;
    return true;
  }
}
