import type { WorldOptions } from './options.ts';

/** How often things happen in a world: chances, unless said otherwise. */
export interface Weights {
  /** Networks that containers are of, by name, each as often as it stands here; undefined: all, equally. */
  readonly networks: readonly string[] | undefined;
  /** A network's file is another when a container is made. */
  readonly newFile: number;
  /** A node is emptied, of its turns. */
  readonly lull: number;
  /** Of the turns of what befalls the store. */
  readonly rollback: number;
  readonly vanish: number;
  readonly malformed: number;
  /** The link to the store breaks for a while after a write that was carried out and not answered. */
  readonly breaksUnanswered: number;
  /** Whoever has what an object stood for that could not be used hangs while it is removed. */
  readonly hangsAtRemoval: number;
  /** The disk of a node stalls while the store goes back. */
  readonly stallsAtRollback: number;
  /** Something else answers for an address that was given. */
  readonly conflict: number;
  /** A write to a journal fails. */
  readonly journalFails: number;
  /** Of the turns of others on the segment: one takes an address. Where none ever does, daemons ask nobody. */
  readonly strangers: number;
  /** A runtime never says DEL. */
  readonly missingDel: number;
}

const usual: Weights = {
  networks: undefined,
  newFile: 0.05,
  lull: 0.004,
  rollback: 0.004,
  vanish: 0.005,
  malformed: 0.03,
  breaksUnanswered: 0,
  hangsAtRemoval: 0,
  stallsAtRollback: 0,
  conflict: 0.004,
  journalFails: 0.002,
  strangers: 0,
  missingDel: 0.03,
};

/** Each stages a chain of events again and again that elsewhere comes together once in millions of operations. */
const special = {
  /** Few blocks, which go from node to node, and nodes that do not hear whether theirs were taken back. */
  'returned-blocks': { networks: ['crumbs', 'crumbs', 'scarce'], lull: 0.01, breaksUnanswered: 0.5 },
  /** A store that goes back whenever it may, under calls whose records are not written yet and files that change all the time. */
  'forgetful-store': { newFile: 0.4, rollback: 0.1, vanish: 0, stallsAtRollback: 0.5 },
  /** What cannot be used is removed from pools that are full, and whoever has it hears of that last. */
  'spoilt-objects': { networks: ['scarce', 'scarce', 'crumbs'], malformed: 0.2, hangsAtRemoval: 0.5 },
  /** Disks without room: ADDs fail when all is taken that they wanted. */
  'failing-disks': { journalFails: 0.04 },
  /** Addresses that are in quarantine while somebody has them. */
  conflicts: { conflict: 0.05 },
  /** Addresses that others use, of whom daemons learn by asking the segment only. */
  strangers: { strangers: 0.7 },
  /** Pods end in every way, and no DEL comes; an API server and a kernel tell. */
  abandoned: { networks: ['pods', 'under', 'tiers', 'pods', 'under', 'ranges'], missingDel: 0.4 },
  /** Virtual machines, which move from node to node. */
  migrations: { networks: ['machines', 'machines', 'pods'] },
  /** Applications with pools of their own, which are scaled. */
  applications: { networks: ['own', 'own', 'pods'] },
} satisfies Readonly<Record<string, Partial<Weights>>>;

export type Emphasis = 'nothing' | keyof typeof special;
export const emphases: readonly Emphasis[] = ['nothing', ...(Object.keys(special) as (keyof typeof special)[])];

export function weightsOf({ emphasis }: Pick<WorldOptions, 'emphasis'>): Weights {
  return emphasis === 'nothing' ? usual : { ...usual, ...special[emphasis] };
}

/** @throws Error that says what there is */
export function emphasisOf(text: string): Emphasis {
  const known = emphases.find((one) => one === text);
  if (known === undefined) throw new Error(`--emphasis is ${emphases.join(' or ')}`);
  return known;
}
