import type { HistoryEntry } from '../../ipam/history/entry.ts';
import { packed, segmentEntries, unpacked } from '../../ipam/history/packing.ts';
import type { HistoryLimits } from '../../ipam/history/retention.ts';
import { type RecordPart, sharingPlan } from '../../ipam/history/shared-parts.ts';
import type { Clock } from '../../platform/clock.ts';
import { newHistory, newHistorySegment } from '../../resources/history.ts';
import { HistoryRecord } from '../../store/history-record.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Journal } from '../journal/journal.ts';
import { Due } from './due.ts';
import type { SaidAgain } from './said-again.ts';
import { forgetHistories } from './shared-histories.ts';

const dayMs = 86_400_000;

export interface HistorySharingParts {
  readonly node: string;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly saidAgain: SaidAgain;
  readonly log: Log;
  readonly limits: HistoryLimits;
}

interface Part extends RecordPart {
  /** Of what is not packed in the journal yet. */
  readonly packed?: string;
}

/**
 * Copies the latest of this node's record into the store that all share, every so often and not for each ADD: there it is when the
 * node is not any more. A part that grows is written again in its place; the earliest goes when there is no room.
 */
export class HistorySharing {
  readonly #parts: HistorySharingParts;
  readonly #sharing: Due;
  readonly #forgetting: Due;
  /** Up to which number each part is there, by its first; undefined: nobody has looked. */
  #shared: Map<number, number> | undefined;
  /** The first entry that is shared, as long as it has been told. */
  #from = 1;
  #hasEnded = false;

  constructor(parts: HistorySharingParts) {
    this.#parts = parts;
    this.#sharing = new Due(parts);
    this.#forgetting = new Due(parts);
  }

  /** @throws IpamError store-unavailable, permission-denied, storage-full */
  async round(): Promise<void> {
    const { sharedBytes, shareEveryMs } = this.#parts.limits;
    if (sharedBytes > 0 && this.#sharing.isDue(shareEveryMs)) await this.share();
    if (!this.#hasEnded && this.#forgetting.isDue(dayMs)) await this.#forgetGone();
  }

  /** A round that is under way ends with what it writes just now; a later daemon of this node shares the rest. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Each daemon looks once a day, at a time of its own: whoever is first deletes. */
  async #forgetGone(): Promise<void> {
    const { store, clock, limits, log } = this.#parts;
    const records = await forgetHistories(clock.now() - limits.keptMs, store, () => this.#hasEnded);
    if (records > 0) log.info({ records }, 'forgot what nodes that are gone had shared of their history');
  }

  /** At once. @throws as `round` */
  async share(): Promise<void> {
    const { journal, limits } = this.#parts;
    const shared = await this.#known();
    if (this.#hasEnded) return;
    const parts = this.#partsOfRecord();
    const plan = sharingPlan(parts, shared, limits.sharedBytes);
    if (plan.write.length + plan.remove.length === 0) return;
    for (const part of plan.write) {
      await this.#write(part);
      if (this.#hasEnded) return;
      shared.set(part.first, part.last);
    }
    await this.#writeHead(plan.kept);
    for (const first of plan.remove) {
      if (this.#hasEnded) return;
      await this.#objects.removeSegment(first);
      shared.delete(first);
    }
    // Whoever reads this record without its daemon is told of those who have something since before it begins.
    const from = plan.kept[0]?.first ?? 1;
    const gone = parts.filter(({ first }) => first >= this.#from && first < from);
    this.#from = from;
    const again = this.#parts.saidAgain.of(gone.flatMap((part) => this.#entriesOf(part)));
    if (again.length > 0) await journal.commit(again);
  }

  #partsOfRecord(): readonly Part[] {
    const { history } = this.#parts.journal;
    const tail = history.tail();
    const loose: Part[] = [];
    for (let at = 0; at < tail.length; at += segmentEntries) {
      const { packed: text, ...info } = packed(tail.slice(at, at + segmentEntries));
      loose.push({ ...info, bytes: text.length, packed: text });
    }
    return [...history.segments(), ...loose];
  }

  #entriesOf(part: Part): readonly HistoryEntry[] {
    const text = this.#textOf(part);
    return (text === undefined ? undefined : unpacked({ packed: text })) ?? [];
  }

  #textOf({ first, packed: text }: Part): string | undefined {
    return text ?? this.#parts.journal.history.segment(first)?.packed;
  }

  async #known(): Promise<Map<number, number>> {
    if (this.#shared !== undefined) return this.#shared;
    const head = await this.#objects.head();
    this.#shared = new Map(head?.spec.segments.map(({ first, last }) => [first, last]));
    this.#from = head?.spec.segments[0]?.first ?? 1;
    return this.#shared;
  }

  async #write(part: Part): Promise<void> {
    const text = this.#textOf(part);
    // Left out of the record meanwhile.
    if (text === undefined) return;
    const { first, last } = part;
    await this.#objects.put(newHistorySegment({ ...this.#record, first, last, packed: text }));
  }

  #writeHead(kept: readonly Part[]): Promise<void> {
    const segments = kept.map(({ first, last, until }) => ({ first, last, until }));
    return this.#objects.put(newHistory({ ...this.#record, segments }));
  }

  get #record() {
    const { node, journal } = this.#parts;
    return { node, begun: journal.begun };
  }

  get #objects(): HistoryRecord {
    return new HistoryRecord(this.#parts.store, this.#record);
  }
}
