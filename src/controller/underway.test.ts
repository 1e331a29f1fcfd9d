import { describe, expect, it } from 'vitest';
import { Underway } from './underway.ts';

describe('reviews under way', () => {
  const never = () => {
    throw new Error('gave way');
  };

  it('are a few of one source; more have their turn when one ends', async () => {
    const underway = new Underway({ inAll: 10, fromOne: 2, waitMs: 60_000 });
    const [first, , third, fourth] = [1, 2, 3, 4].map(() => underway.enter('a', never));
    const order: string[] = [];
    const watched = [
      third?.begun.then(() => order.push('third')),
      fourth?.begun.then((isTurn) => order.push(isTurn ? 'fourth' : 'none')),
    ];
    await first?.begun;
    expect(order).toEqual([]);
    // Who goes away before its turn takes none.
    fourth?.end();
    first?.end();
    first?.end();
    await Promise.all(watched);
    expect(order.sort()).toEqual(['none', 'third']);
  });

  it('are given up when their turn does not come in time', async () => {
    const underway = new Underway({ inAll: 1, fromOne: 1, waitMs: 5 });
    const first = underway.enter('a', never);
    expect(await first.begun).toBe(true);
    expect(await underway.enter('a', never).begun).toBe(false);
    first.end();
    expect(await underway.enter('a', never).begun).toBe(true);
  });

  it('give way to an API server when strangers have all places', async () => {
    const underway = new Underway({ inAll: 6, fromOne: 3, waitMs: 60_000 });
    const gone: string[] = [];
    for (const source of ['x', 'x', 'x', 'y', 'y', 'y']) underway.enter(source, () => gone.push(source));
    const server = [1, 2].map(() => underway.enter('api', never));
    expect(await Promise.all(server.map(({ begun }) => begun))).toEqual([true, true]);
    expect(gone.sort()).toEqual(['x', 'y']);
  });
});
