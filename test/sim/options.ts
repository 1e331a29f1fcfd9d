import type { Emphasis } from './emphasis.ts';

/** What may go wrong in a world. A failing run is shrunk by taking these away one after the other. */
export const faultKinds = [
  'crash',
  'disk-loss',
  'leave',
  'partition',
  'outage',
  'start-while-away',
  'store-fails',
  'store-times-out',
  'watch-drops',
  'compaction',
  'journal-fails',
  'disk-stall',
  'clock-drift',
  'lost-reply',
  'repeated-add',
  'late-del',
  'missing-del',
  'operator',
  'conflict',
  'rollback',
  'vanish',
  'malformed',
  'journal-damage',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What daemons know of claims: they watch all, or know their own and go by what is published of the rest (decision 51). */
export const claimViews = ['all', 'own'] as const;
export type ClaimsKnown = (typeof claimViews)[number];

export interface WorldOptions {
  readonly seed: number;
  readonly claims: ClaimsKnown;
  /** What there is more of than in other worlds. */
  readonly emphasis: Emphasis;
  readonly nodes: number;
  /** Operations until the world comes to rest: calls of runtimes and operators, requests to the store, commits, faults. */
  readonly operations: number;
  readonly faults: ReadonlySet<FaultKind>;
}

export const allFaults: ReadonlySet<FaultKind> = new Set(faultKinds);

/** What befalls the store itself, and what daemons have on record. */
export const storeFaults: readonly FaultKind[] = ['rollback', 'vanish', 'malformed', 'journal-damage'];

/** @throws Error that says what there is */
export function claimsKnown(text: string): ClaimsKnown {
  const known = claimViews.find((one) => one === text);
  if (known === undefined) throw new Error(`--claims is ${claimViews.join(' or ')}`);
  return known;
}

/** @throws Error that names what is no fault */
export function faultsWithout(kinds: readonly string[]): ReadonlySet<FaultKind> {
  const unknown = kinds.filter((kind) => !allFaults.has(kind as FaultKind));
  if (unknown.length > 0) throw new Error(`no fault is called ${unknown.join(', ')}`);
  return new Set(faultKinds.filter((kind) => !kinds.includes(kind)));
}

/** How to run one world once more, as one types it. */
export function command({ seed, claims, emphasis, nodes, operations, faults: left }: WorldOptions): string {
  const without = faultKinds.filter((kind) => !left.has(kind));
  const rest = without.length === 0 ? '' : ` --without ${without.join(',')}`;
  const known = claims === 'all' ? '' : ` --claims ${claims}`;
  const more = emphasis === 'nothing' ? '' : ` --emphasis ${emphasis}`;
  return `node test/sim/main.ts --world ${seed}${known}${more} --nodes ${nodes} --steps ${operations}${rest}`;
}
