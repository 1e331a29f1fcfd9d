import type { ClockStep } from './clock-doubt.ts';
import type { HistoryEntry, HistoryNote } from './entry.ts';

/** The times that entries are written with. */
export interface HistoryTime {
  /** Milliseconds since 1970, as the node's clock shows it. */
  now(): number;
  /** Milliseconds since the start of the machine: a clock that nobody sets. */
  elapsed(): number;
}

/** How the clock stood to the time since the machine was started, and at which start of the machine that was. */
export interface ClockPosition {
  /** `now` less `elapsed`. */
  readonly offset: number;
  /** Undefined: the system does not tell. */
  readonly boot: string | undefined;
  /** The latest times that it was put, or may have been while the machine was off: for what goes by the age of entries. */
  readonly steps: readonly ClockStep[];
}

/** Of so many steps it is remembered how far; the earliest is forgotten first. */
const rememberedSteps = 32;

export interface RecorderState {
  /** Number of the next entry. */
  readonly next: number;
  /** Time of the last one; 0: there is none. */
  readonly latest: number;
  /** How the clock stood when it was written. */
  readonly clock: ClockPosition | undefined;
}

export const emptyRecord: RecorderState = { next: 1, latest: 0, clock: undefined };

/** A clock that is put by less is not said: reading two clocks takes some time, and what is slewed by NTP moves slowly. Milliseconds. */
const smallestStep = 1_000;

/**
 * Numbers entries, and notices when the clock was put: whoever asks later what was so at a time must know that the times of before
 * were others.
 */
export class HistoryRecorder {
  readonly #time: HistoryTime;
  #next: number;
  /** The latest time that the record has; 0: it is empty. */
  #latest: number;
  #clock: ClockPosition | undefined;
  /** Whose daemon writes now; empty: none has begun. */
  #node = '';

  constructor(time: HistoryTime, { next, latest, clock }: RecorderState) {
    this.#time = time;
    this.#next = next;
    this.#latest = latest;
    this.#clock = clock;
  }

  /** Where it is: for `restore`, when what was made since could not be kept. */
  get state(): RecorderState {
    return { next: this.#next, latest: this.#latest, clock: this.#clock };
  }

  /** The entries that were made since then are none, and the next ones have their numbers. */
  restore({ next, latest, clock }: RecorderState): void {
    if (next >= this.#next) return;
    this.#next = next;
    this.#latest = latest;
    this.#clock = clock;
  }

  /** Was the clock put since the last entry? */
  get isClockSet(): boolean {
    return this.#clock !== undefined && Math.abs(this.#offset - this.#clock.offset) >= smallestStep;
  }

  /** The entries that notes become now: before them one that says that the clock was put, if it was. */
  entriesOf(notes: readonly HistoryNote[]): readonly HistoryEntry[] {
    const set = this.isClockSet ? [this.#clockSet(this.#offset - (this.#clock?.offset ?? 0))] : [];
    return [...set, ...notes.map((note) => this.#numbered(note))];
  }

  /** A daemon begins. @param boot which start of the machine it is @returns what is to be written of it */
  started({ node, boot }: { node: string; boot: string | undefined }): readonly HistoryEntry[] {
    this.#node = node;
    const offset = this.#offset;
    const entries: HistoryEntry[] = [];
    const before = this.#clock;
    const isSameBoot = boot !== undefined && before?.boot === boot;
    // Of another start of the machine, or of one that nobody can tell, a clock that was put back is seen by what is on record only.
    const by = isSameBoot ? offset - before.offset : Math.min(0, this.#time.now() - this.#latest);
    if (this.#latest > 0 && Math.abs(by) >= smallestStep) entries.push(this.#clockSet(by));
    const off = this.#time.now() - this.#latest;
    const steps = this.#latest > 0 && !isSameBoot && off >= smallestStep ? this.#withStep(off) : this.#steps;
    this.#clock = { offset, boot, steps };
    entries.push(this.#numbered({ what: 'started', node, addresses: [] }));
    return entries;
  }

  #clockSet(by: number): HistoryEntry {
    this.#clock = { offset: this.#offset, boot: this.#clock?.boot, steps: this.#withStep(by) };
    return this.#numbered({ what: 'clock-set', node: this.#node, addresses: [], by: Math.round(by) });
  }

  get #steps(): readonly ClockStep[] {
    return this.#clock?.steps ?? [];
  }

  #withStep(by: number): readonly ClockStep[] {
    return [...this.#steps, { sequence: this.#next, by: Math.round(by) }].slice(-rememberedSteps);
  }

  #numbered(note: HistoryNote): HistoryEntry {
    const at = Math.round(this.#time.now());
    this.#latest = at;
    const sequence = this.#next;
    this.#next += 1;
    return { ...note, sequence, at };
  }

  get #offset(): number {
    return this.#time.now() - this.#time.elapsed();
  }
}
