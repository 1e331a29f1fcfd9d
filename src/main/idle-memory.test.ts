import { describe, expect, it } from 'vitest';
import { Rest } from './idle-memory.ts';

const mebibyte = 1024 * 1024;

/** Looks at a program that rests, until one is worth a collection. @returns after how many seconds; undefined: within ten minutes none */
function secondsUntilCollected(rest: Rest, heap: number): number | undefined {
  for (let seconds = 5; seconds <= 600; seconds += 5) if (rest.isWorthCollecting(0.01, heap)) return seconds;
  return undefined;
}

describe('memory of a program that rests', () => {
  const collectedAt = (heap: number): Rest => {
    const rest = new Rest();
    rest.collected(heap);
    return rest;
  };

  it('is given back at once when it is much, and after a minute when it is little', () => {
    expect(secondsUntilCollected(collectedAt(40 * mebibyte), 180 * mebibyte)).toBe(5);
    expect(secondsUntilCollected(collectedAt(40 * mebibyte), 60 * mebibyte)).toBe(60);
  });

  it('is left alone when there is next to nothing to give back', () => {
    expect(secondsUntilCollected(collectedAt(40 * mebibyte), 43 * mebibyte)).toBeUndefined();
  });

  it('is left alone between bursts that come every half a minute', () => {
    const rest = collectedAt(40 * mebibyte);
    for (let burst = 0; burst < 20; burst += 1) {
      expect(rest.isWorthCollecting(0.9, 80 * mebibyte)).toBe(false);
      for (let seconds = 5; seconds <= 30; seconds += 5)
        expect(rest.isWorthCollecting(0.01, 80 * mebibyte)).toBe(false);
    }
    expect(secondsUntilCollected(rest, 80 * mebibyte)).toBe(30);
  });
});
