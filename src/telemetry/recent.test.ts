import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('what is costly to make', () => {
  it('is made once for all who ask within a short time, and rests twenty times as long as it took', async () => {
    let now = 0;
    let made = 0;
    const recent = new Recent(
      async () => {
        made += 1;
        now += 100;
        return made;
      },
      () => now,
    );
    expect(await Promise.all(Array.from({ length: 10_000 }, () => recent.get()))).toEqual(Array(10_000).fill(1));
    now += 1_999;
    expect(await recent.get()).toBe(1);
    now += 2;
    expect(await recent.get()).toBe(2);
  });

  it('is made anew after it failed', async () => {
    let fails = true;
    const recent = new Recent(
      async () => {
        if (fails) throw new Error('not now');
        return 'there';
      },
      () => 0,
    );
    await expect(recent.get()).rejects.toThrow('not now');
    fails = false;
    expect(await recent.get()).toBe('there');
  });
});
