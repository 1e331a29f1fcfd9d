import { Worker } from 'node:worker_threads';
import { allFaults, type ClaimsKnown, type FaultKind, type WorldOptions } from './options.ts';
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

/** Daemons are sheltered from other faults while a store forgets: every other world does without, and spares nobody. */
const sheltering: readonly FaultKind[] = ['rollback', 'vanish'];
/** In half of those the store keeps all of its changes: no daemon may take it for one that went back (decision 31). */
const forgetting: readonly FaultKind[] = [...sheltering, 'compaction'];

/** The n-th world of a seed: one machine as with the embedded engine, or several that share a store. */
export function worldOf(
  seed: number,
  index: number,
  faults: ReadonlySet<FaultKind>,
  claims?: ClaimsKnown,
): WorldOptions {
  return {
    claims: claims ?? claimsIn(index),
    seed: (Math.imul(seed, 0x9e3779b1) + index) >>> 0,
    nodes: 1 + (index % mostNodes),
    operations: operationsPerWorld,
    faults: new Set([...faults].filter((kind) => !spared(index).includes(kind))),
  };
}

/** Two worlds of seven; one machine alone has no others' claims to know. */
function claimsIn(index: number): ClaimsKnown {
  return index % mostNodes !== 0 && index % 7 > 4 ? 'own' : 'all';
}

function spared(index: number): readonly FaultKind[] {
  if (index % 2 === 0) return [];
  return index % 4 === 3 ? forgetting : sheltering;
}

/** Worlds one after the other, on several threads, until enough has happened or a promise is broken. */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, operations, workers, faults = allFaults, claims, onWorld } = options;
  const totals = { worlds: 0, operations: 0, elapsed: 0, faults: new Map<FaultKind, number>() };
  let failed: CampaignReport['failed'];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      while (totals.operations < operations && failed === undefined) {
        const index = next++;
        const world = worldOf(seed, index, faults, claims);
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
