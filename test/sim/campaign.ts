import { Worker } from 'node:worker_threads';
import type { Emphasis } from './emphasis.ts';
import { allFaults, type ClaimsKnown, type FaultKind, storeFaults, type WorldOptions } from './options.ts';
import type { SimulationReport } from './simulate.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Operations in all worlds together. */
  readonly operations: number;
  readonly workers: number;
  /** What may go wrong; all of it unless given. */
  readonly faults?: ReadonlySet<FaultKind>;
  /** What daemons know of claims; absent: in some worlds all, in others their own. */
  readonly claims?: ClaimsKnown;
  /** What there is more of; absent: in some worlds of this, in some of that, in most of nothing. */
  readonly emphasis?: Emphasis;
  readonly onWorld?: (done: Totals) => void;
}

export interface Totals {
  readonly worlds: number;
  readonly operations: number;
  /** Simulated time, milliseconds. */
  readonly elapsed: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
}

export interface CampaignReport extends Totals {
  /** The first world in which a promise broke. */
  readonly failed: FailedWorld | undefined;
}

export interface FailedWorld {
  readonly options: WorldOptions;
  /** Which world of the seed it is. */
  readonly index: number;
  /** Operations of this world until the promise broke. */
  readonly operations: number;
  readonly message: string;
}

export type WorldReport = Omit<SimulationReport, 'broken' | 'transcript'> & { readonly broken: string | undefined };

const operationsPerWorld = 50_000;
const mostNodes = 5;
/** By a world's number. Not of `migrations`, which break promises still (docs/reliability.md, what is open). */
const emphasised: Readonly<Record<number, Emphasis>> = {
  1: 'failing-disks',
  4: 'returned-blocks',
  6: 'abandoned',
  7: 'forgetful-store',
  8: 'applications',
  9: 'strangers',
  10: 'spoilt-objects',
  12: 'conflicts',
};

/** Daemons are sheltered from other faults while a store forgets: every other world does without, and spares nobody. */
const sheltering: readonly FaultKind[] = ['rollback', 'vanish'];
/** In half of those the store keeps all of its changes: no daemon may take it for one that went back (decision 31). */
const forgetting: readonly FaultKind[] = [...sheltering, 'compaction'];

/** What is evidence there, or stays with whom it is for, a store that forgets would take back. */
const remembering: readonly Emphasis[] = ['abandoned', 'migrations', 'applications'];

/** What the worlds of a campaign have in common; what is absent differs from one to the next. */
export type WorldKind = Pick<CampaignOptions, 'claims' | 'emphasis'>;

/** The n-th world of a seed: one machine as with the embedded engine, or several that share a store. */
export function worldOf(
  seed: number,
  index: number,
  faults: ReadonlySet<FaultKind>,
  { claims = claimsIn(index), emphasis = emphasisIn(index) }: WorldKind = {},
): WorldOptions {
  // One machine alone has no others' claims to know: `allocation.claims: own` is refused there.
  const hasMore = emphasis !== 'nothing' || (claims === 'own' && index % mostNodes === 0);
  return {
    claims,
    emphasis,
    seed: (Math.imul(seed, 0x9e3779b1) + index) >>> 0,
    nodes: hasMore ? 2 + (index % (mostNodes - 1)) : 1 + (index % mostNodes),
    operations: operationsPerWorld,
    faults: new Set([...faults].filter((kind) => !withoutIn(emphasis, index).includes(kind))),
  };
}

/** Two worlds of seven, none of them of one machine. */
function claimsIn(index: number): ClaimsKnown {
  return index % mostNodes !== 0 && index % 7 > 4 ? 'own' : 'all';
}

/** Some worlds of thirteen. */
function emphasisIn(index: number): Emphasis {
  return emphasised[index % 13] ?? 'nothing';
}

function withoutIn(emphasis: Emphasis, index: number): readonly FaultKind[] {
  if (remembering.includes(emphasis)) return storeFaults;
  return emphasis === 'nothing' ? spared(index) : [];
}

function spared(index: number): readonly FaultKind[] {
  if (index % 2 === 0) return [];
  return index % 4 === 3 ? forgetting : sheltering;
}

/** Worlds one after the other, on several threads, until enough has happened or a promise is broken. */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, operations, workers, faults = allFaults, onWorld } = options;
  const totals = { worlds: 0, operations: 0, elapsed: 0, faults: new Map<FaultKind, number>() };
  let failed: CampaignReport['failed'];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      while (totals.operations < operations && failed === undefined) {
        const index = next++;
        const world = worldOf(seed, index, faults, options);
        const report = await ask(worker, world);
        totals.worlds += 1;
        totals.operations += report.operations;
        totals.elapsed += report.elapsed;
        for (const [kind, count] of report.faults) totals.faults.set(kind, (totals.faults.get(kind) ?? 0) + count);
        if (report.broken !== undefined)
          failed ??= { options: world, index, operations: report.operations, message: report.broken };
        onWorld?.(totals);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { ...totals, failed };
}

function ask(worker: Worker, options: WorldOptions): Promise<WorldReport> {
  return new Promise((resolve, reject) => {
    const onMessage = (report: WorldReport): void => {
      worker.off('error', reject);
      resolve(report);
    };
    worker.once('message', onMessage);
    worker.once('error', reject);
    worker.postMessage(options);
  });
}
