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

export interface WorldOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Operations until the world comes to rest: calls of runtimes and operators, requests to the store, commits, faults. */
  readonly operations: number;
  readonly faults: ReadonlySet<FaultKind>;
}

export const allFaults: ReadonlySet<FaultKind> = new Set(faultKinds);
