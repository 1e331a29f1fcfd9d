import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-bucket.ts';

describe('token buckets', () => {
  let now = 0;
  const buckets = (perSecond: number, burst: number) => {
    now = 0;
    return new TokenBuckets({ perSecond, burst }, () => now);
  };
  const takeAll = (from: TokenBuckets, key: string, times: number): number =>
    Array.from({ length: times }, () => from.take(key)).filter((wait) => wait === 0).length;

  it('go by another rate from now on, and by none', () => {
    const calls = buckets(10, 5);
    expect(takeAll(calls, 'a', 20)).toBe(5);
    calls.setRate(undefined);
    expect(takeAll(calls, 'a', 1_000)).toBe(1_000);
    calls.setRate({ perSecond: 1, burst: 2 });
    now += 2_000;
    expect(takeAll(calls, 'a', 20)).toBe(2);
  });

  it('give a burst, then as many as come in', () => {
    const calls = buckets(10, 5);
    expect(takeAll(calls, 'a', 20)).toBe(5);
    now += 1_000;
    expect(takeAll(calls, 'a', 20)).toBe(5);
    now += 300;
    expect(takeAll(calls, 'a', 20)).toBe(3);
  });

  it('say when there will be one again', () => {
    const calls = buckets(4, 1);
    expect(calls.take('a')).toBe(0);
    expect(calls.take('a')).toBe(250);
    now += 125;
    expect(calls.take('a')).toBe(125);
    now += 125;
    expect(calls.take('a')).toBe(0);
  });

  it('keep clients apart', () => {
    const calls = buckets(1, 2);
    expect(takeAll(calls, 'a', 9)).toBe(2);
    expect(takeAll(calls, 'b', 9)).toBe(2);
  });

  it('give nothing for a clock that goes back', () => {
    const calls = buckets(1, 1);
    now = 10_000;
    expect(calls.take('a')).toBe(0);
    now = 0;
    expect(calls.take('a')).toBe(1_000);
  });

  it('do not remember more clients than they have room for, and those that call last', () => {
    const calls = buckets(1, 1);
    for (let index = 0; index < 30_000; index += 1) {
      calls.take(`client ${index}`);
      calls.take('flood');
    }
    expect(calls.size).toBeLessThanOrEqual(10_000);
    expect(calls.take('flood')).toBeGreaterThan(0);
  });
});
