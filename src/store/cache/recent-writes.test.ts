import { describe, expect, it } from 'vitest';
import { RecentWrites } from './recent-writes.ts';

describe('what was written while something was on its way', () => {
  it('is what came between question and answer', () => {
    const recent = new RecentWrites(() => 0, 60_000);
    recent.add('before');
    const end = recent.begin();
    recent.add('meanwhile');
    expect([...end()]).toEqual(['meanwhile']);
    recent.add('after');
    expect([...recent.begin()()]).toEqual([]);
  });

  it('is also what was deleted before, for as long as a server may not have heard of it', () => {
    let now = 0;
    const recent = new RecentWrites(() => now, 60_000);
    recent.deleting('first');
    now = 40_000;
    recent.deleting('second');
    expect([...recent.begin()()]).toEqual(['first', 'second']);
    now = 60_000;
    expect([...recent.begin()()]).toEqual(['second']);
    now = 100_000;
    expect([...recent.begin()()]).toEqual([]);
  });
});
