import { describe, expect, it } from 'vitest';
import { Arrivals } from './arrivals.ts';

describe('the order in which objects were shown first', () => {
  it('is that of their events', () => {
    const arrivals = new Arrivals(10);
    for (const uid of ['a', 'b', 'c']) arrivals.came(uid);
    expect([arrivals.isAfter('b', 'a'), arrivals.isAfter('a', 'b'), arrivals.isAfter('a', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is not told by one list, and is by two', () => {
    const arrivals = new Arrivals(10);
    arrivals.listing();
    arrivals.listed('a');
    arrivals.listed('b');
    expect([arrivals.isAfter('a', 'b'), arrivals.isAfter('b', 'a')]).toEqual([false, false]);
    arrivals.listing();
    arrivals.listed('c');
    expect([arrivals.isAfter('c', 'b'), arrivals.isAfter('b', 'c')]).toEqual([true, false]);
  });

  it('is known of the latest only: what is older comes after nothing', () => {
    const arrivals = new Arrivals(2);
    for (const uid of ['a', 'b', 'c']) arrivals.came(uid);
    expect([arrivals.isAfter('c', 'b'), arrivals.isAfter('c', 'a'), arrivals.isAfter('a', 'c')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
