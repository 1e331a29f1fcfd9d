import { describe, expect, it } from 'vitest';
import { sharingPlan } from './shared-parts.ts';

const parts = [1, 2, 3, 4].map((number) => ({ first: number * 10, last: number * 10 + 9, until: number, bytes: 100 }));
const there = (...of: readonly (readonly [number, number])[]): ReadonlyMap<number, number> => new Map(of);

describe('what of a record is shared', () => {
  it.each<
    readonly [string, ReadonlyMap<number, number>, number, readonly number[], readonly number[], readonly number[]]
  >([
    ['all of it, at first', there(), 1_000, [10, 20, 30, 40], [], [10, 20, 30, 40]],
    ['what has room, the latest', there(), 250, [30, 40], [], [30, 40]],
    ['the latest, however long', there(), 50, [40], [], [40]],
    ['what is there already is not written again', there([30, 39]), 250, [40], [], [30, 40]],
    ['what has grown is', there([30, 39], [40, 43]), 250, [40], [], [30, 40]],
    ['what has no room any more goes', there([10, 19], [20, 29], [30, 39]), 250, [40], [10, 20], [30, 40]],
    ['nothing changes', there([30, 39], [40, 49]), 250, [], [], [30, 40]],
  ])('%s', (_, shared, room, write, remove, kept) => {
    const plan = sharingPlan(parts, shared, room);
    expect([plan.write.map(({ first }) => first), plan.remove, plan.kept.map(({ first }) => first)]).toEqual([
      write,
      remove,
      kept,
    ]);
  });
});
