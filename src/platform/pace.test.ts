import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Coalesced } from './coalesced.ts';
import { Pace, runAtOnce } from './pace.ts';

function* count(steps: number, spinMs = 0): Generator<undefined, number> {
  for (let step = 0; step < steps; step += 1) {
    const end = performance.now() + spinMs;
    while (performance.now() < end);
    yield;
  }
  return steps;
}

describe('work over everything held', () => {
  it('gives way to the rest of the process again and again, and comes to its end', async () => {
    const pace = new Pace();
    let turns = 0;
    let done = false;
    const works = Promise.all([pace.run(count(400, 0.1)), pace.run(count(400, 0.1)), pace.run(count(3))]).finally(
      () => {
        done = true;
      },
    );
    while (!done) {
      await turn();
      turns += 1;
    }
    expect(await works).toEqual([400, 400, 3]);
    // 80 ms of work in slices of 2: far fewer turns would mean that it was done at once.
    expect(turns).toBeGreaterThan(15);
  });

  it('ends with the error of the work, and the next work is done', async () => {
    const pace = new Pace();
    const broken = (function* (): Generator<undefined, never> {
      yield;
      throw new Error('broken');
    })();
    await expect(pace.run(broken)).rejects.toThrow('broken');
    expect(await pace.run(count(1))).toBe(1);
  });

  it('is done at once where time is not real', () => {
    expect(runAtOnce(count(10))).toBe(10);
  });
});

describe('an action that is asked for by many', () => {
  it('runs once for all who ask while it has not begun, and never answers by what was before the question', async () => {
    const doors: PromiseWithResolvers<number>[] = [];
    const actions = new Coalesced(() => {
      const door = Promise.withResolvers<number>();
      doors.push(door);
      return door.promise;
    });
    const first = actions.run();
    await turn();
    const later = Array.from({ length: 1_000 }, () => actions.run());
    expect(doors).toHaveLength(1);
    doors[0]?.resolve(1);
    expect(await first).toBe(1);
    await turn();
    expect(doors).toHaveLength(2);
    doors[1]?.resolve(2);
    expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
  });

  it('runs again after it failed', async () => {
    let fails = true;
    const actions = new Coalesced(async () => {
      if (fails) throw new Error('no');
      return 'yes';
    });
    await expect(actions.run()).rejects.toThrow('no');
    fails = false;
    expect(await actions.run()).toBe('yes');
  });
});
