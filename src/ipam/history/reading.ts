import type { Allocation } from '../allocation.ts';
import type { Moment } from './clock-doubt.ts';
import type { HistoryEntry, PastAddress } from './entry.ts';
import { type HistoryQuestion, isAbout } from './question.ts';
import { hadAt, type Tenure, Tenures } from './tenures.ts';

/** A time of which a record cannot tell all. */
export interface Gap {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** A sentence for people. */
  readonly reason: string;
}

/** What one record says to a question. */
export interface NodeHistory {
  /** Whose daemon wrote it. */
  readonly node: string;
  /** By which a node's record is told from an earlier one that it lost: when it was begun, milliseconds since 1970. */
  readonly begun: number;
  /** It knows what was so from this time on; undefined: it is empty. */
  readonly from: number | undefined;
  /** And up to this time; undefined: up to now. */
  readonly until: number | undefined;
  /** In the order in which they were written. */
  readonly entries: readonly HistoryEntry[];
  /** How many were left out: earlier ones, or with `after` later ones. */
  readonly leftOut: number;
  readonly tenures: readonly Tenure[];
  /** How many were left out: those that began earliest. */
  readonly tenuresLeftOut: number;
  readonly gaps: readonly Gap[];
}

/**
 * Reads one record to answer a question, entry by entry in the order of their numbers.
 */
export class HistoryReading {
  readonly #question: HistoryQuestion;
  readonly #tenures = new Tenures();
  #entries: HistoryEntry[] = [];
  #leftOut = 0;
  readonly #gaps: ((momentOf: (entry: HistoryEntry) => Moment) => Gap)[] = [];
  #first: HistoryEntry | undefined;
  #last: HistoryEntry | undefined;

  constructor(question: HistoryQuestion) {
    this.#question = question;
  }

  take(entry: HistoryEntry): void {
    const last = this.#last;
    this.#first ??= entry;
    this.#last = entry;
    if (last !== undefined) this.#noteGap(last, entry);
    const isOf = isAbout(this.#question, entry);
    this.#tenures.take(entry, (address) => isOf && this.#isOne(address));
    if (isOf && this.#isInTime(entry)) this.#keep(entry);
  }

  /** @param releases by somebody else, of what this record may have open */
  endElsewhere(releases: readonly Tenure[]): void {
    this.#tenures.endElsewhere(releases);
  }

  /** Who had what in all the record, whatever time is asked for. */
  allTenures(): readonly Tenure[] {
    return this.#tenures.all();
  }

  /**
   * The answer.
   * @param held what is on record now; undefined: that is not known, the record is of a node that nobody hears
   */
  answer(of: { node: string; begun: number }, held: readonly Allocation[] | undefined): NodeHistory {
    for (const allocation of held ?? []) this.#holds(allocation);
    if (held !== undefined) this.#tenures.heldNoMore();
    const { doubt } = this.#tenures;
    const momentOf = ({ at, sequence }: HistoryEntry): Moment => doubt.moment(at, sequence);
    const { at, since, until, limit } = this.#question;
    if (at === undefined) this.#cutTo(limit);
    const from = this.#first === undefined ? undefined : momentOf(this.#first).latest;
    const tenures = this.#tenures.all().filter((tenure) => isIn(tenure, { at, since, until }));
    return {
      ...of,
      from,
      until: held === undefined ? this.#last && momentOf(this.#last).earliest : undefined,
      entries: at === undefined ? this.#entries : around(this.#entries, at),
      leftOut: at === undefined ? this.#leftOut : 0,
      // Whoever reads entry by entry has asked before.
      tenures: this.#question.after === undefined ? tenures.slice(-limit) : [],
      tenuresLeftOut: this.#question.after === undefined ? Math.max(0, tenures.length - limit) : 0,
      gaps:
        this.#question.after !== undefined
          ? []
          : this.#gaps.map((gap) => gap(momentOf)).filter((gap) => overlaps(gap, { at, since, until })),
    };
  }

  #holds(allocation: Allocation): void {
    const { node, pod, addresses } = allocation;
    const entry = { what: 'held', sequence: 0, at: 0, node, pod, addresses } as const;
    if (!isAbout(this.#question, entry)) return;
    for (const held of addresses) if (this.#isOne(held)) this.#tenures.holds(allocation, held);
  }

  /** Of an interface with two addresses one may be asked for. */
  #isOne({ address, pool }: PastAddress): boolean {
    const { subject } = this.#question;
    if (subject.kind === 'address') return address === subject.address;
    return subject.kind !== 'pool' || pool === subject.name;
  }

  #isInTime({ at: time, sequence }: HistoryEntry): boolean {
    const { at, since = 0, until = Number.POSITIVE_INFINITY, after = 0 } = this.#question;
    return at !== undefined || (time >= since && time <= until && sequence > after);
  }

  #keep(entry: HistoryEntry): void {
    const { limit, at, after } = this.#question;
    if (after !== undefined && this.#entries.length >= limit) this.#leftOut += 1;
    else this.#entries.push(entry);
    if (at === undefined && this.#entries.length >= limit * 2) this.#cutTo(limit);
  }

  #cutTo(limit: number): void {
    const over = this.#entries.length - limit;
    if (over <= 0) return;
    this.#entries = this.#entries.slice(over);
    this.#leftOut += over;
  }

  /** Has it as many entries as are asked for, of those that follow one another? */
  get isFull(): boolean {
    return this.#leftOut > 0 && this.#question.after !== undefined;
  }

  #noteGap(last: HistoryEntry, entry: HistoryEntry): void {
    const between = (reason: string, first = last) =>
      this.#gaps.push((momentOf) => ({ from: momentOf(first).earliest, until: momentOf(entry).latest, reason }));
    if (entry.sequence !== last.sequence + 1) {
      between(`${entry.sequence - last.sequence - 1} entries are missing`);
    } else if (entry.what === 'started') {
      const how = last.what === 'stopped' ? 'was stopped' : 'ended after this, and nothing tells when';
      between(`the daemon ${how}: until it was back nothing was given and nothing taken back`);
    } else if (entry.what === 'clock-set') {
      const by = entry.by ?? 0;
      const way = by < 0 ? 'back' : 'forward';
      between(
        `the clock was put ${way} by ${Math.abs(by) / 1000} s: times of before may be wrong by so much`,
        this.#first,
      );
    }
  }
}

interface Span {
  readonly at: number | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
}

function isIn(tenure: Tenure, { at, since, until }: Span): boolean {
  if (at !== undefined) return hadAt(tenure, at) !== 'not';
  return (
    tenure.from.earliest <= (until ?? tenure.from.earliest) &&
    (tenure.until?.latest ?? Number.POSITIVE_INFINITY) >= (since ?? 0)
  );
}

function overlaps({ from, until: end }: Gap, { at, since, until }: Span): boolean {
  return from <= (at ?? until ?? Number.POSITIVE_INFINITY) && end >= (at ?? since ?? 0);
}

/** What happened last before a time, and first after it. */
function around(entries: readonly HistoryEntry[], at: number): readonly HistoryEntry[] {
  const index = entries.findLastIndex((entry) => entry.at <= at);
  return entries.slice(Math.max(0, index), index + 2);
}
