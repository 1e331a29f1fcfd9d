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

/** Not before the one and not after the other. */
interface Between {
  readonly first: Written;
  readonly last: Written;
}

interface Open extends Omit<Tenure, 'from' | 'until' | 'reason' | 'detail'> {
  readonly beginning: Between;
  /** Since when by the clock of its own call, by which it is told from a later one of the same holder; as an entry has it. */
  readonly since: number | undefined;
  /** Where entries are missing behind its beginning: its end may be among them. */
  readonly lost?: Between;
}

interface Closed extends Open {
  readonly end: Between;
  readonly reason: string;
  readonly detail: string;
}

const endIsMissing = 'what tells of its end is missing';

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
  #first: Written | undefined;
  #last: Written | undefined;
  #hasGap = false;

  /** @param entry the next one of the record @param isOf is it of what is asked for? Of the record itself all are to be taken */
  take(entry: HistoryEntry, isOf: (address: PastAddress) => boolean): void {
    const { what, sequence, at, by = 0, attachment, addresses } = entry;
    if (this.#last !== undefined && sequence !== this.#last.sequence + 1) this.#lose(this.#last, { at, sequence });
    this.#last = { at, sequence };
    this.#first ??= this.#last;
    if (what === 'clock-set') this.#steps.push({ sequence, by });
    if (attachment === undefined) return;
    for (const address of addresses) {
      if (!isOf(address)) continue;
      if (isBeginning(entry)) this.#begin(entry, attachment, address);
      else if (what === 'released') this.#end(entry, attachment, address);
    }
  }

  /** Entries are missing: whoever has something may have lost it there, until something tells that they have it still. */
  #lose(first: Written, last: Written): void {
    this.#hasGap = true;
    for (const [key, open] of this.#open)
      if (open.lost === undefined) this.#open.set(key, { ...open, lost: { first, last } });
  }

  #begin(entry: HistoryEntry, attachment: Attachment, address: PastAddress): void {
    const key = keyOf(attachment, address);
    if (entry.what !== 'held') {
      this.#loseOpen(key, exactly(entry));
      this.#open.set(key, { ...ofEntry(entry, attachment, address), beginning: exactly(entry) });
    } else if (!this.#isStill(key, entry.since)) {
      this.#open.set(key, {
        ...ofEntry(entry, attachment, address),
        beginning: this.#since(entry, entry.detail === undefined),
      });
    }
  }

  #end(entry: HistoryEntry, attachment: Attachment, address: PastAddress): void {
    const key = keyOf(attachment, address);
    const open = this.#isStill(key, entry.since) ? this.#open.get(key) : undefined;
    this.#open.delete(key);
    this.#endedSince.set(key, entry.since);
    this.#closed.push({
      ...(open ?? { ...ofEntry(entry, attachment, address), beginning: this.#since(entry) }),
      ...{ end: exactly(entry), reason: entry.reason ?? '', detail: entry.detail ?? '' },
    });
  }

  /** What is on record now, and began before the first entry or where entries are missing. */
  holds({ attachment, node, pod, createdAt }: Allocation, { address, pool }: HeldAddress): void {
    const key = keyOf(attachment, { address, pool });
    const since = createdAt;
    // Of a release that is on record, its call may be about to learn so.
    if (this.#endedSince.has(key) && this.#endedSince.get(key) === since && !this.#open.has(key)) return;
    if (this.#isStill(key, since)) return;
    const latest = this.#last ?? { at: createdAt, sequence: 0 };
    this.#open.set(key, { node, attachment, pod, address, pool, since, beginning: this.#since({ since, ...latest }) });
  }

  /** Nobody has anything now but those of `holds`, and those of whom an entry behind all that are missing tells. */
  heldNoMore(): void {
    for (const [key, { lost }] of [...this.#open]) if (lost !== undefined) this.#loseOpen(key, lost);
  }

  /** Is it the same who has it, all the time? Else it ended where entries are missing. @param since as something tells that comes later */
  #isStill(key: string, since: number | undefined): boolean {
    const open = this.#open.get(key);
    if (open === undefined) return false;
    const { lost, ...known } = open;
    if (lost === undefined || open.since === since) {
      this.#open.set(key, known);
      return true;
    }
    this.#loseOpen(key, lost);
    return false;
  }

  /** @param end when it ended, where no missing entry may tell */
  #loseOpen(key: string, end: Between): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    this.#closed.push({ ...open, end: open.lost ?? end, reason: '', detail: open.lost ? endIsMissing : '' });
  }

  /** @param isBefore did it begin before the record, where nothing is missing? Else before the entry, if nothing tells since when */
  #since({ since, at, sequence }: Written & Partial<Pick<Open, 'since'>>, isBefore = true): Between {
    if (since !== 0) return exactly({ at: since ?? at, sequence: 0 });
    const last = isBefore && !this.#hasGap ? this.#first : undefined;
    return { first: { at: 0, sequence: 0 }, last: last ?? { at, sequence } };
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
    const { doubt } = this;
    const moment = ({ first, last }: Between): Moment => ({
      earliest: Math.max(0, doubt.moment(first.at, first.sequence).earliest),
      latest: doubt.moment(last.at, last.sequence).latest,
    });
    const closed = this.#closed.map(({ beginning, end, since, lost, ...rest }) => ({
      ...rest,
      from: moment(beginning),
      until: moment(end),
    }));
    const open = [...this.#open].map(([key, { beginning, since, lost, ...rest }]) => {
      const from = moment(beginning);
      const told = endOf(this.#elsewhere.get(key), from);
      if (lost === undefined || this.#last === undefined || told.until !== undefined) return { ...rest, from, ...told };
      // Nothing tells of it up to the end of the record: behind that nothing is known of anybody.
      return {
        ...rest,
        from,
        until: moment({ first: lost.first, last: this.#last }),
        reason: '',
        detail: endIsMissing,
      };
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
  { node, pod, identity, since }: HistoryEntry,
  attachment: Attachment,
  { address, pool }: PastAddress,
): Omit<Open, 'beginning'> {
  return { node, attachment, pod, identity, address, pool, since };
}

function exactly({ at, sequence }: Written): Between {
  return { first: { at, sequence }, last: { at, sequence } };
}

function keyOf(attachment: Attachment, { address, pool }: PastAddress): string {
  return `${address} ${pool} ${attachmentKey(attachment)}`;
}
