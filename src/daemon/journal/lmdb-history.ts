import type { ClockStep } from '../../ipam/history/clock-doubt.ts';
import type { HistoryEntry } from '../../ipam/history/entry.ts';
import { entriesOf, entriesText } from '../../ipam/history/entry-text.ts';
import type { HistorySegment } from '../../ipam/history/packing.ts';
import {
  type ClockPosition,
  emptyRecord,
  HistoryRecorder,
  type HistoryTime,
  type RecorderState,
} from '../../ipam/history/recorder.ts';
import type { Records } from '../../store/embedded/records.ts';
import { damaged } from '../../store/embedded/storage-error.ts';
import { noteOf } from './history-notes.ts';
import type { JournalChange } from './journal.ts';
import type { JournalHistory, SegmentInfo } from './journal-history.ts';
import { clockKey, entryPrefix, historyKey, segmentPrefix } from './journal-key.ts';
import { segmentOf, segmentText } from './segment-text.ts';

/** What goes of the records that are not packed. */
export interface Cut {
  readonly upTo: number;
  /** Numbers of the first entries of those that go. */
  readonly gone: readonly number[];
  /** What stays of the last of them. */
  readonly rest: readonly HistoryEntry[];
}

/**
 * The history in the journal's own database. What calls that share a transaction say is one record at the end of the others, written
 * by that transaction: neither is there without the other.
 */
export class LmdbHistory implements JournalHistory {
  readonly #records: Records;
  readonly #recorder: HistoryRecorder;
  #segments: readonly SegmentInfo[] = [];
  /** Numbers of the first entries of records that are not packed, in their order; each has those up to the next. */
  #loose: number[] = [];
  /** Entries of the transaction that is under way. */
  #pending: HistoryEntry[] = [];
  /** How the clock stood, as it is on record. */
  #clock: ClockPosition | undefined;

  /** @throws IpamError storage-damaged, store-unavailable */
  constructor(records: Records, time: HistoryTime) {
    this.#records = records;
    this.#clock = records.read<ClockPosition>(clockKey);
    this.#recorder = new HistoryRecorder(time, this.#found());
  }

  get tailLength(): number {
    const { next } = this.#recorder.state;
    return next - (this.#loose[0] ?? next);
  }

  get isClockSet(): boolean {
    return this.#recorder.isClockSet;
  }

  get clockSteps(): readonly ClockStep[] {
    return this.#recorder.state.clock?.steps ?? [];
  }

  segments(): readonly SegmentInfo[] {
    return this.#segments;
  }

  segment(first: number): HistorySegment | undefined {
    this.#records.refresh();
    const key = historyKey(segmentPrefix, first);
    const text = this.#records.read<string>(key);
    return text === undefined ? undefined : this.#segment(key, text);
  }

  tail(): readonly HistoryEntry[] {
    this.#records.refresh();
    return this.#loose.flatMap((first) => this.#entries(first));
  }

  /** For `undo`, before a transaction. */
  get state(): RecorderState {
    return this.#recorder.state;
  }

  /** A transaction has failed: what it wrote of the history is to be taken for not written. */
  undo(state: RecorderState): void {
    this.#recorder.restore(state);
    this.#clock = this.#recorder.state.clock;
    this.#pending = [];
    while ((this.#loose.at(-1) ?? 0) >= this.#recorder.state.next) this.#loose.pop();
  }

  /**
   * Inside a transaction, for each of its calls, before it writes anything: what `write` needs to read.
   * @throws IpamError storage-damaged
   */
  cutsOf(changes: readonly JournalChange[]): readonly (Cut | undefined)[] {
    return changes.map((change) => {
      if (change.type === 'pack') return this.#cut(change.segment.last);
      return change.type === 'forget' ? this.#cut(this.#forgettable(change.upTo)) : undefined;
    });
  }

  /** Inside a transaction, for each of its calls. @param cuts as `cutsOf` has it */
  write(changes: readonly JournalChange[], cuts: readonly (Cut | undefined)[]): void {
    for (const [index, change] of changes.entries()) {
      const note = noteOf(change);
      if (note !== undefined) this.#pending.push(...this.#recorder.entriesOf([note]));
      else if (change.type === 'started') this.#pending.push(...this.#recorder.started(change));
      else if (change.type === 'pack') this.#pack(change.segment);
      else if (change.type === 'forget') this.#forget(change.upTo);
      const cut = cuts[index];
      if (cut !== undefined) this.#carryOut(cut);
    }
    if (this.isClockSet) this.#pending.push(...this.#recorder.entriesOf([]));
  }

  /** Inside a transaction, at its end. */
  flush(): void {
    const [first] = this.#pending;
    if (first !== undefined) {
      this.#records.put(historyKey(entryPrefix, first.sequence), entriesText(this.#pending));
      this.#loose.push(first.sequence);
      this.#pending = [];
    }
    const { clock } = this.#recorder.state;
    if (clock === this.#clock || clock === undefined) return;
    this.#records.put(clockKey, clock);
    this.#clock = clock;
  }

  /** After a transaction: what it came to. @param cuts as `cutsOf` had it */
  wrote(changes: readonly JournalChange[], cuts: readonly (Cut | undefined)[]): void {
    for (const change of changes) {
      if (change.type === 'pack') {
        const { packed, ...info } = change.segment;
        this.#segments = [...this.#segments, { ...info, bytes: packed.length }];
      } else if (change.type === 'forget') {
        this.#segments = this.#segments.filter(({ last }) => last > change.upTo);
      }
    }
    for (const cut of cuts) if (cut !== undefined) this.#leaveLoose(cut);
  }

  #pack(segment: HistorySegment): void {
    this.#records.put(historyKey(segmentPrefix, segment.first), segmentText(segment));
  }

  #forget(upTo: number): void {
    for (const { first, last } of this.#segments) {
      if (last <= upTo) this.#records.remove(historyKey(segmentPrefix, first));
    }
  }

  /** The last entry stays: the next one has its number from it. */
  #forgettable(upTo: number): number {
    return Math.min(upTo, this.#recorder.state.next - 2);
  }

  #cut(upTo: number): Cut {
    const gone = this.#loose.filter((first) => first <= upTo);
    const last = gone.at(-1);
    const rest = last === undefined ? [] : this.#entries(last).filter(({ sequence }) => sequence > upTo);
    return { upTo, gone, rest };
  }

  /** Of a record that goes on behind, the rest stays, as a record of its own. */
  #carryOut({ upTo, gone, rest }: Cut): void {
    for (const first of gone) this.#records.remove(historyKey(entryPrefix, first));
    if (rest.length > 0) this.#records.put(historyKey(entryPrefix, upTo + 1), entriesText(rest));
  }

  #leaveLoose({ upTo, rest }: Cut): void {
    const left = this.#loose.filter((first) => first > upTo);
    this.#loose = rest.length > 0 ? [upTo + 1, ...left] : left;
  }

  /** Once, when the database is opened. */
  #found(): RecorderState {
    const segments: SegmentInfo[] = [];
    for (const { key, value } of this.#records.range<string>(segmentPrefix, `${segmentPrefix}\uffff`)) {
      const { packed, ...info } = this.#segment(key, value);
      segments.push({ ...info, bytes: packed.length });
    }
    this.#segments = segments;
    let last: HistoryEntry | undefined;
    for (const { key, value } of this.#records.range<string>(entryPrefix, `${entryPrefix}\uffff`)) {
      const entries = this.#read(key, value);
      this.#loose.push(entries[0]?.sequence ?? 0);
      last = entries.at(-1);
    }
    return last === undefined ? emptyRecord : { next: last.sequence + 1, latest: last.at, clock: this.#clock };
  }

  #segment(key: string, text: string): HistorySegment {
    const segment = segmentOf(text);
    if (segment === undefined) throw damaged(this.#records.directory, `"${key}" is no segment of the history`);
    return segment;
  }

  #entries(first: number): readonly HistoryEntry[] {
    const key = historyKey(entryPrefix, first);
    return this.#read(key, this.#records.read<string>(key) ?? '');
  }

  #read(key: string, text: string): readonly HistoryEntry[] {
    const entries = entriesOf(text);
    if (entries.length === 0) throw damaged(this.#records.directory, `"${key}" is nothing of the history`);
    return entries;
  }
}
