import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortInSteps } from './sort.ts';

function all<T>(steps: Generator<undefined, T>): { readonly value: T; readonly steps: number } {
  for (let count = 0; ; count += 1) {
    const result = steps.next();
    if (result.done) return { value: result.value, steps: count };
  }
}

describe('a sort in steps', () => {
  it('gives what a sort at once gives, equal ones in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.string()), { maxLength: 3_000 }), (items) => {
        const compare = (a: (typeof items)[number], b: (typeof items)[number]): number => a[0] - b[0];
        expect(all(sortInSteps(items, compare)).value).toEqual(items.toSorted(compare));
      }),
    );
  });

  it('has many steps for many things', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => (index * 7_919) % 100_003);
    expect(all(sortInSteps(items, (a, b) => a - b)).steps).toBeGreaterThan(100_000);
  });
});
