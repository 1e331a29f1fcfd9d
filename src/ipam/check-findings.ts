import type { Violation } from './check.ts';

/** What is wrong with an address, in a word that a person or an alert can go by. */
export const findingKinds = ['doubled', 'kept', 'misplaced', 'leaked', 'unrecorded'] as const;
export type FindingKind = (typeof findingKinds)[number];

/**
 * By the invariant that does not hold: two hold an address, or could (1); it is kept for an interface that has another by now (3); its
 * pool may not give it (4); it is taken and nobody has it, or an object is of no use (6); a crash would lose it (7).
 */
const kindOf: Readonly<Record<number, FindingKind>> = {
  1: 'doubled',
  3: 'kept',
  4: 'misplaced',
  6: 'leaked',
  7: 'unrecorded',
};

/** What a check came to, and when it ended, milliseconds since 1970. */
export interface CheckFindings {
  readonly at: number;
  readonly counts: Readonly<Record<FindingKind, number>>;
}

/** @throws Error a violation of an invariant that has no kind: somebody added one and forgot the table */
export function checkFindings(violations: readonly Pick<Violation, 'invariant'>[], at: number): CheckFindings {
  const counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Record<FindingKind, number>;
  for (const { invariant } of violations) {
    const kind = kindOf[invariant];
    if (kind === undefined) throw new Error(`no kind of finding for invariant ${invariant}`);
    counts[kind] += 1;
  }
  return { at, counts };
}
