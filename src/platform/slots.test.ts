import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

describe('slots', () => {
  it('run so many at once, let so many wait in their order, and turn the others away', async () => {
    const slots = new Slots(2, 2);
    const doors = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const begun: number[] = [];
    const runs = doors.map(({ promise }, index) =>
      slots.run(async () => {
        begun.push(index);
        await promise;
        return index;
      }),
    );
    expect(runs[4]).toBeUndefined();
    expect(begun).toEqual([0, 1]);
    doors[1]?.resolve();
    expect(await runs[1]).toBe(1);
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of doors) resolve();
    expect(await Promise.all(runs.slice(0, 4))).toEqual([0, 1, 2, 3]);
    expect(await slots.run(async () => 'free again')).toBe('free again');
  });

  it('are free again after an action that fails', async () => {
    const slots = new Slots(1, 0);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run(async () => 1)).toBe(1);
  });
});
