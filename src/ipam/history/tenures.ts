import type { Allocation, HeldAddress } from '../allocation.ts';
import { type Attachment, attachmentKey, type PodRef } from '../attachment.ts';
import { ClockDoubt, type ClockStep, type Moment } from './clock-doubt.ts';
import { type HistoryEntry, isBeginning, type PastAddress } from './entry.ts';

/** That somebody had an address, from when until when. */
export interface Tenure extends PastAddress {
  readonly node: string;
  readonly attachment: Attachment;
  readonly pod?: PodRef | undefined;
  readonly identity?: string | undefined;
  readonly from: Moment;
  /** Undefined: still, as far as the record goes. */
  readonly until: Moment | undefined;
  /** Why it ended, one of `releaseReasons`; empty: it has not, or nothing tells. */
  readonly reason: string;
  /** The same in more words; empty: the reason says it all. */
  readonly detail: string;
}

interface Written {
  /** As it was written, and by which entry; 0: by none that is known. */
  readonly at: number;
  readonly sequence: number;
}

interface Open extends Omit<Tenure, 'from' | 'until' | 'reason' | 'detail'> {
  readonly beginning: Written;
}

interface Closed extends Open {
  readonly end: Written;
  readonly reason: string;
  readonly detail: string;
}

/**
 * Who had which address when, of one record. Entries are taken in the order of their numbers, whatever their times say: a clock
 * that was put back does not turn round what happened.
 */
export class Tenures {
  readonly #open = new Map<string, Open>();
  readonly #closed: Closed[] = [];
  /** Since when those had it whose end came last, as the end says. */
  readonly #endedSince = new Map<string, number | undefined>();
  readonly #steps: ClockStep[] = [];
  /** What somebody else's record says of ends, by the same keys. */
  readonly #elsewhere = new Map<string, Tenure>();

  /** @param entry the next one of the record @param isOf is it of what is asked for? Of the record itself all are to be taken */
  take(entry: HistoryEntry, isOf: (address: PastAddress) => boolean): void {
    const { what, sequence, at, by = 0, attachment, addresses } = entry;
    if (what === 'clock-set') this.#steps.push({ sequence, by });
    if (attachment === undefined) return;
    for (const address of addresses) {
      if (!isOf(address)) continue;
      if (isBeginning(entry)) this.#begin(entry, attachment, address);
      else if (what === 'released') this.#end(entry, attachment, address, { at, sequence });
    }
  }

  #begin(entry: HistoryEntry, attachment: Attachment, address: PastAddress): void {
    const key = keyOf(attachment, address);
    // Said again: what told of it first is in the record still.
    if (entry.what === 'held' && this.#open.has(key)) return;
    const beginning =
      entry.what === 'held' ? { at: entry.since ?? entry.at, sequence: 0 } : { at: entry.at, sequence: entry.sequence };
    this.#open.set(key, { ...ofEntry(entry, attachment, address), beginning });
  }

  #end(entry: HistoryEntry, attachment: Attachment, address: PastAddress, end: Written): void {
    const key = keyOf(attachment, address);
    const open = this.#open.get(key) ?? {
      ...ofEntry(entry, attachment, address),
      beginning: { at: entry.since ?? entry.at, sequence: 0 },
    };
    this.#open.delete(key);
    this.#endedSince.set(key, entry.since);
    this.#closed.push({ ...open, end, reason: entry.reason ?? '', detail: entry.detail ?? '' });
  }

  /** What is on record now, and began before the first entry. */
  holds({ attachment, node, pod, createdAt }: Allocation, { address, pool }: HeldAddress): void {
    const key = keyOf(attachment, { address, pool });
    // Of a release that is on record, its call may be about to learn so.
    if (this.#open.has(key) || this.#endedSince.get(key) === createdAt) return;
    this.#open.set(key, { node, attachment, pod, address, pool, beginning: { at: createdAt, sequence: 0 } });
  }

  /** What was taken back without whoever writes this record: it ends what this record leaves open. @param releases that have an end */
  endElsewhere(releases: readonly Tenure[]): void {
    for (const release of releases) this.#elsewhere.set(keyOf(release.attachment, release), release);
  }

  get doubt(): ClockDoubt {
    return new ClockDoubt(this.#steps);
  }

  /** In the order in which they began. */
  all(): readonly Tenure[] {
    const doubt = this.doubt;
    const moment = ({ at, sequence }: Written): Moment => doubt.moment(at, sequence);
    const closed = this.#closed.map(({ beginning, end, ...rest }) => ({
      ...rest,
      from: moment(beginning),
      until: moment(end),
    }));
    const open = [...this.#open].map(([key, { beginning, ...rest }]) => {
      const from = moment(beginning);
      return { ...rest, from, ...endOf(this.#elsewhere.get(key), from) };
    });
    return [...closed, ...open].sort((a, b) => a.from.earliest - b.from.earliest);
  }
}

/** An end that is told before the beginning was one of an earlier call of the same container. */
function endOf(release: Tenure | undefined, from: Moment): Pick<Tenure, 'until' | 'reason' | 'detail'> {
  if (release?.until === undefined || release.until.latest < from.earliest)
    return { until: undefined, reason: '', detail: '' };
  const { until, reason, detail } = release;
  return { until, reason, detail };
}

export type Certainty = 'surely' | 'perhaps' | 'not';

/** Did they have it at a time? @param at milliseconds since 1970 */
export function hadAt({ from, until }: Pick<Tenure, 'from' | 'until'>, at: number): Certainty {
  if (at < from.earliest || (until !== undefined && at >= until.latest)) return 'not';
  return at >= from.latest && (until === undefined || at < until.earliest) ? 'surely' : 'perhaps';
}

function ofEntry(
  { node, pod, identity }: HistoryEntry,
  attachment: Attachment,
  { address, pool }: PastAddress,
): Omit<Open, 'beginning'> {
  return { node, attachment, pod, identity, address, pool };
}

function keyOf(attachment: Attachment, { address, pool }: PastAddress): string {
  return `${address} ${pool} ${attachmentKey(attachment)}`;
}
