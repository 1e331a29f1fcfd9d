import type { HistoryEntry } from '../ipam/history/entry.ts';
import { packed, segmentEntries, unpacked } from '../ipam/history/packing.ts';
import { numbered, type ReclaimedHow, reclaimNotes, type TimedNote } from '../ipam/history/reclaim-notes.ts';
import { defaultHistoryLimits } from '../ipam/history/retention.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import type { Clock } from '../platform/clock.ts';
import type { Claim } from '../resources/claim.ts';
import { isIpamError } from '../resources/errors.ts';
import {
  type HistoryResource,
  historySegmentSpecSchema,
  historySpecSchema,
  mostSegments,
  newHistory,
  newHistorySegment,
  reclaimRecord,
} from '../resources/history.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { HistoryRecord } from '../store/history-record.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';

/** There is one such record, whoever leads: it has no beginning of its own. */
const record = { node: reclaimRecord, begun: 1 };
/** While nothing can be written, no more than so wait; the earliest are left out, which the numbers tell. */
const mostWaiting = 8_192;

type Segment = HistoryResource['spec']['segments'][number];

export interface ReclaimHistoryParts {
  readonly store: Pick<Store, 'get' | 'create' | 'update' | 'delete'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * The history of what is taken back without the daemons that had it on record. What a round has taken back is written once, behind it: a
 * process that is killed in between leaves it to the log and the Events.
 */
export class ReclaimHistory {
  readonly #parts: ReclaimHistoryParts;
  readonly #objects: HistoryRecord;
  #waiting: readonly TimedNote[] = [];
  #leftOut = 0;
  #isWriting = false;

  constructor(parts: ReclaimHistoryParts) {
    this.#parts = parts;
    this.#objects = new HistoryRecord(parts.store, record);
  }

  note(how: ReclaimedHow, claim: Claim, cause: ReleaseCause): void {
    const at = this.#parts.clock.now();
    const notes = reclaimNotes(how, claim, cause).map((note) => ({ note, at }));
    this.#waiting = [...this.#waiting, ...notes];
    this.#waitAgain([], 0);
  }

  /** Writes what waits. Where that fails, or another call is writing, the next call does. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0 || this.#isWriting) return;
    const [waiting, leftOut] = [this.#waiting, this.#leftOut];
    [this.#waiting, this.#leftOut, this.#isWriting] = [[], 0, true];
    try {
      await this.#write(waiting, leftOut);
    } catch (error) {
      this.#waitAgain(waiting, leftOut);
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn({ err: error, entries: waiting.length }, 'the history does not say yet what was taken back');
    } finally {
      this.#isWriting = false;
    }
  }

  #waitAgain(waiting: readonly TimedNote[], leftOut: number): void {
    const all = [...waiting, ...this.#waiting];
    this.#leftOut += leftOut + Math.max(0, all.length - mostWaiting);
    this.#waiting = all.slice(-mostWaiting);
  }

  /** The list of parts first: of two that lead for a moment only one gets its next version in, and writes parts. */
  async #write(waiting: readonly TimedNote[], leftOut: number): Promise<void> {
    const { store, clock } = this.#parts;
    const head = await this.#head();
    const shared = head?.spec.segments ?? [];
    const last = shared.at(-1);
    const latest = last === undefined ? [] : await this.#entriesOf(last);
    const before = last === undefined ? undefined : { sequence: last.last, at: latest.at(-1)?.at ?? last.until };
    const entries = numbered(waiting, before, leftOut);
    const isGrowing = latest.length > 0 && latest.length < segmentEntries;
    const parts = chunks(isGrowing ? [...latest, ...entries] : entries).map(packed);
    const all = [...(isGrowing ? shared.slice(0, -1) : shared), ...parts];
    const kept = all.slice(-mostSegments).filter(({ until }) => until > clock.now() - defaultHistoryLimits.keptMs);
    const spec = { ...record, segments: kept.map(({ first, last, until }) => ({ first, last, until })) };
    if (head === undefined) await store.create<Resource>(newHistory(spec));
    else await store.update<Resource>({ ...head, spec });
    for (const { first, last, packed } of parts)
      await this.#objects.put(newHistorySegment({ ...record, first, last, packed }));
    const firsts = new Set(kept.map(({ first }) => first));
    for (const { first } of shared) if (!firsts.has(first)) await this.#objects.removeSegment(first);
  }

  async #head(): Promise<Stored<HistoryResource> | undefined> {
    const head = await this.#objects.head();
    if (head === undefined) return undefined;
    // Written by a hand: what it said of parts is nothing then.
    const spec = historySpecSchema.safeParse(head.spec);
    return { ...head, spec: spec.success ? spec.data : { ...record, segments: [] } };
  }

  async #entriesOf({ first }: Segment): Promise<readonly HistoryEntry[]> {
    const spec = historySegmentSpecSchema.safeParse((await this.#objects.segment(first))?.spec);
    return (spec.success ? unpacked(spec.data) : undefined) ?? [];
  }
}

function chunks(entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] {
  const parts: (readonly HistoryEntry[])[] = [];
  for (let at = 0; at < entries.length; at += segmentEntries) parts.push(entries.slice(at, at + segmentEntries));
  return parts;
}
