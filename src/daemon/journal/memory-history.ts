import type { ClockStep } from '../../ipam/history/clock-doubt.ts';
import type { HistoryEntry } from '../../ipam/history/entry.ts';
import type { HistorySegment } from '../../ipam/history/packing.ts';
import { emptyRecord, HistoryRecorder, type HistoryTime } from '../../ipam/history/recorder.ts';
import { noteOf } from './history-notes.ts';
import type { JournalChange } from './journal.ts';
import type { JournalHistory, SegmentInfo } from './journal-history.ts';

/** The history in memory, for tests and simulation. */
export class MemoryHistory implements JournalHistory {
  readonly #recorder: HistoryRecorder;
  #entries: HistoryEntry[] = [];
  #segments: readonly HistorySegment[] = [];

  constructor(time: HistoryTime) {
    this.#recorder = new HistoryRecorder(time, emptyRecord);
  }

  get tailLength(): number {
    return this.#entries.length;
  }

  get isClockSet(): boolean {
    return this.#recorder.isClockSet;
  }

  get clockSteps(): readonly ClockStep[] {
    return this.#recorder.state.clock?.steps ?? [];
  }

  segments(): readonly SegmentInfo[] {
    return this.#segments.map(({ packed, ...info }) => ({ ...info, bytes: packed.length }));
  }

  segment(first: number): HistorySegment | undefined {
    return this.#segments.find((one) => one.first === first);
  }

  tail(): readonly HistoryEntry[] {
    return [...this.#entries];
  }

  write(changes: readonly JournalChange[]): void {
    for (const change of changes) {
      if (change.type === 'started') this.#entries.push(...this.#recorder.started(change));
      else if (change.type === 'pack') this.#pack(change.segment);
      else if (change.type === 'forget') this.#forget(change.upTo);
    }
    const notes = changes.flatMap((change) => noteOf(change) ?? []);
    if (notes.length > 0 || this.isClockSet) this.#entries.push(...this.#recorder.entriesOf(notes));
  }

  #pack(segment: HistorySegment): void {
    this.#segments = [...this.#segments, segment];
    this.#entries = this.#entries.filter(({ sequence }) => sequence > segment.last);
  }

  #forget(upTo: number): void {
    this.#segments = this.#segments.filter(({ last }) => last > upTo);
    this.#entries = this.#entries.filter(({ sequence }, index, { length }) => sequence > upTo || index === length - 1);
  }
}
