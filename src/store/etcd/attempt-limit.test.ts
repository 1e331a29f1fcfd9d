import { describe, expect, it } from 'vitest';
import { AttemptLimit } from './attempt-limit.ts';

describe('the time an attempt may take', () => {
  it('is short for the first four, and grows then', () => {
    const limit = new AttemptLimit();
    expect([0, 1, 2, 3, 4, 5].map((lost) => limit.next(200, lost))).toEqual([200, 200, 200, 200, 300, 450]);
  });

  it('is twice that of the slowest answer of late, at most two seconds', () => {
    const limit = new AttemptLimit();
    limit.answered(300);
    expect(limit.next(200, 0)).toBe(600);
    for (let n = 0; n < 40; n += 1) limit.answered(5);
    expect(limit.next(200, 0)).toBe(200);
    limit.answered(60_000);
    expect(limit.next(200, 0)).toBe(2_000);
    expect(limit.next(3_000, 0)).toBe(3_000);
  });
});
