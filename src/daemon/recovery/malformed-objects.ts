import type { Family } from '../../ip/address.ts';
import { emptyRangeSet, formatRangeSet, type RangeSet, rangeSet, union } from '../../ip/range-set.ts';
import type { Violation } from '../../ipam/check.ts';
import { addressesMeant } from '../../resources/malformed.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { salvageReservation } from '../../resources/salvage-reservation.ts';
import type { Malformed, MalformedListener } from '../../store/cache/sieve.ts';
import type { Log } from '../../telemetry/log.ts';

interface Found {
  readonly resource: Stored<Resource>;
  readonly kind: string;
  readonly name: string;
  readonly problem: string;
  readonly hasFormer: boolean;
  readonly withheld: RangeSet;
  /** All that it may stand for. */
  readonly meant: RangeSet;
  /** What it may reserve could not be read, and nothing older is known: pools of these families give nothing out. */
  readonly closes: readonly Family[];
}

/** Objects of the store that cannot be used, and what is kept from use on account of them. */
export class MalformedObjects implements MalformedListener {
  readonly #found = new Map<string, Map<string, Found>>();
  readonly #log: Log;
  /** How many calls of `together` are under way, and whether anything came of them. */
  #together = 0;
  #isStale = false;
  /** What those that went meanwhile may have stood for. */
  #went: RangeSet[] = [];
  /** Addresses that are withheld. */
  withheld: RangeSet = emptyRangeSet;
  /** Families of which no pool gives anything out. */
  closed: ReadonlySet<Family> = new Set();
  /** Told that these are others than before. */
  onChange: () => void = () => {};
  /** Told, once of a list, what objects may have stood for that are gone: whoever has it must be given time to say so. */
  onGone: (meant: RangeSet) => void = () => {};

  constructor(log: Log) {
    this.#log = log;
  }

  found({ resource, problem, hasFormer, isNew }: Malformed): void {
    const { kind, metadata } = resource;
    const before = this.#found.get(kind)?.get(metadata.name);
    const meant = addressesMeant(resource);
    const found: Found = {
      resource,
      kind,
      name: metadata.name,
      problem,
      hasFormer,
      // A former state that is in force has its addresses already.
      withheld: hasFormer ? emptyRangeSet : meant,
      meant,
      closes: hasFormer || isNew || before?.closes.length === 0 ? [] : closedBy(resource),
    };
    const ofKind = this.#found.get(kind) ?? new Map<string, Found>();
    this.#found.set(kind, ofKind.set(metadata.name, found));
    if (before?.problem !== problem) this.#report(found);
    this.#tell(before, found);
  }

  mended(kind: string, name: string): void {
    const before = this.#found.get(kind)?.get(name);
    if (before === undefined) return;
    this.#found.get(kind)?.delete(name);
    this.#log.info({ kind, name }, 'an object that could not be used is gone, or mended');
    this.#tell(before, undefined);
  }

  gone(kind: string, name: string): void {
    const before = this.#found.get(kind)?.get(name);
    if (before !== undefined) this.#went.push(before.meant);
    this.together(() => this.mended(kind, name));
  }

  together(act: () => void): void {
    this.#together += 1;
    try {
      act();
    } finally {
      this.#together -= 1;
      if (this.#together === 0) this.#settle();
    }
  }

  #settle(): void {
    const went = this.#went;
    this.#went = [];
    // Held back before it is withheld no more: in between nobody may have it.
    if (went.length > 0) this.onGone(rangeSet(went.flatMap(({ ranges }) => ranges)));
    if (this.#isStale) this.#recount();
  }

  has(kind: string, name: string): boolean {
    return this.#found.get(kind)?.has(name) ?? false;
  }

  names(kind: string): readonly string[] {
    return [...(this.#found.get(kind)?.keys() ?? [])];
  }

  /** Has nothing whole of it ever been seen? What is gone by instead is no former state of it. */
  isSalvaged(kind: string, name: string): boolean {
    return this.#found.get(kind)?.get(name)?.hasFormer === false;
  }

  /** As the store has it, if what it says beyond what can be read closes pools: a start must not take less for all. */
  closing<R extends Resource>(kind: string, name: string): Stored<R> | undefined {
    const found = this.#found.get(kind)?.get(name);
    return found === undefined || found.closes.length === 0 ? undefined : (found.resource as Stored<R>);
  }

  /** How many there are of each kind that ever had one. */
  counts(): ReadonlyMap<string, number> {
    return new Map([...this.#found].map(([kind, found]) => [kind, found.size]));
  }

  violations(): readonly Violation[] {
    return this.#all().map(({ kind, name, problem, hasFormer, withheld, closes }) => ({
      invariant: 6,
      subject: `${kind}/${name}`,
      message: `cannot be used: ${problem}; ${consequence({ hasFormer, withheld, closes })}`,
      repair: `ipam-cli delete ${kind.toLowerCase()} ${name}${hasFormer || kind === reservedIPKind ? ', or apply it as it should be' : ''}`,
    }));
  }

  #all(): readonly Found[] {
    return [...this.#found.values()].flatMap((ofKind) => [...ofKind.values()]);
  }

  #tell(before: Found | undefined, after: Found | undefined): void {
    if (text(before) === text(after)) return;
    if (this.#together > 0) {
      this.#isStale = true;
    } else if (before === undefined && after !== undefined) {
      // One more needs no look at the others: there may be thousands, and each came as a change.
      this.withheld = union(this.withheld, after.withheld);
      this.closed = new Set([...this.closed, ...after.closes]);
      this.onChange();
    } else {
      this.#recount();
    }
  }

  #recount(): void {
    this.#isStale = false;
    const all = this.#all();
    this.withheld = rangeSet(all.flatMap(({ withheld }) => withheld.ranges));
    this.closed = new Set(all.flatMap(({ closes }) => closes));
    this.onChange();
  }

  #report(found: Found): void {
    const { kind, name, problem } = found;
    this.#log.error({ kind, name, problem, so: consequence(found) }, 'an object of the store cannot be used');
  }
}

function consequence({ hasFormer, withheld, closes }: Pick<Found, 'hasFormer' | 'withheld' | 'closes'>): string {
  if (hasFormer) return 'its former state stays in force';
  if (closes.length > 0)
    return `it may reserve anything, so no pool of ${closes.map((family) => `IPv${family}`).join(' or ')} gives anything out`;
  const texts = formatRangeSet(withheld);
  return texts.length === 0 ? 'it is left out' : `${texts.join(', ')} is withheld`;
}

function text(found: Found | undefined): string {
  return found === undefined ? '' : `${formatRangeSet(found.withheld)} ${found.closes}`;
}

function closedBy(resource: Resource): readonly Family[] {
  return resource.kind === reservedIPKind ? salvageReservation(resource).families : [];
}
