import { allKinds } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import type { Conflict } from './conflict.ts';
import type { LeftOut, SourceContents } from './holdings.ts';
import type { Plan, Step } from './plan.ts';

/** What a migration will do to one kind, or has done. */
export interface KindCount {
  readonly kind: string;
  /** Objects that the source has. */
  readonly source: number;
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** `planned`: nothing was written. `refused`: nothing was written, because of conflicts. */
export type Outcome = 'planned' | 'refused' | 'migrated' | 'finished-before' | 'undone';

export interface Report {
  readonly migration: string;
  readonly outcome: Outcome;
  readonly kinds: readonly KindCount[];
  /** Attachments whose record is made on this node. */
  readonly records: number;
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
  /** Objects of the source that were compared with their copies after the last write, and are the same. */
  readonly verified: number;
}

/** Where a migration that runs is. */
export interface Progress {
  readonly phase: 'copying' | 'holding-still' | 'verifying' | 'opening' | 'undoing';
  readonly kind?: string;
  readonly done?: number;
  readonly of?: number;
}

export function kindCounts(source: readonly Resource[], steps: readonly Step[]): readonly KindCount[] {
  return allKinds.flatMap(({ kind }) => {
    const count = (action: Step['action']): number =>
      steps.filter((step) => step.action === action && step.resource.kind === kind).length;
    const counts = {
      kind,
      source: source.filter((resource) => resource.kind === kind).length,
      create: count('create'),
      update: count('update'),
      delete: count('delete'),
    };
    return counts.source + counts.create + counts.update + counts.delete === 0 ? [] : [counts];
  });
}

export function reportOf(
  migration: string,
  outcome: Outcome,
  holdings: SourceContents,
  plan: Plan,
  more: Partial<Report> = {},
): Report {
  return {
    migration,
    outcome,
    kinds: kindCounts(holdings.resources, plan.steps),
    records: holdings.allocations.length,
    conflicts: plan.conflicts,
    leftOut: holdings.leftOut,
    warnings: holdings.warnings,
    verified: 0,
    ...more,
  };
}
