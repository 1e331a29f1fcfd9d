import { describe, expect, it } from 'vitest';
import { Wakers } from './wakers.ts';

describe('a watch that waits for changes', () => {
  it('is woken by what came while it looked, by what comes while it waits, and by its end', async () => {
    const wakers = new Wakers();
    const end = new AbortController();
    const watch = wakers.join(end.signal);
    expect(watch.isWoken).toBe(true);
    watch.looking();
    expect(watch.isWoken).toBe(false);
    wakers.wake();
    expect(watch.isWoken).toBe(true);
    watch.looking();
    const waited = watch.woken();
    wakers.wake();
    await waited;
    watch.looking();
    const ended = watch.woken();
    end.abort();
    await ended;
    expect([watch.isWoken, wakers.size]).toEqual([true, 1]);
    watch.leave();
    watch.looking();
    wakers.wake();
    expect([watch.isWoken, wakers.size]).toEqual([false, 0]);
  });
});
