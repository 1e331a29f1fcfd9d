import { describe, expect, it } from 'vitest';
import type { ApiStatus } from './api-error.ts';
import { type Failure, mayRepeat, pauseBefore } from './repeat.ts';

const status: ApiStatus = { kind: 'Status' };
const answered = (code: number, by?: ApiStatus): Failure => ({ kind: 'answered', code, status: by });

describe('a failed request', () => {
  it.each<[string, Failure, boolean, boolean]>([
    ['never reached the server', { kind: 'broken', sent: false }, true, true],
    ['got no answer', { kind: 'broken', sent: true }, true, false],
    ['came to an overloaded server', answered(429), true, true],
    ['came to a server that shuts down', answered(503, status), true, true],
    ['came to a proxy that had no server', answered(503), true, false],
    ['failed inside the server', answered(500, status), true, false],
    ['met a slow etcd', answered(504, status), true, false],
    ['was refused', answered(403, status), false, false],
    ['was wrong', answered(422, status), false, false],
  ])('that %s', (_, failure, read, write) => {
    expect(mayRepeat(failure, true)).toBe(read);
    expect(mayRepeat(failure, false)).toBe(write);
  });

  const turn = { attempt: 0, retryAfterSeconds: undefined, leftMs: 15_000, chance: 0.5 };

  it('is repeated after longer and longer pauses, with a limit', () => {
    const pauses = Array.from({ length: 9 }, (_, attempt) => pauseBefore({ ...turn, attempt }));
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000, 2000]);
    expect(pauseBefore({ ...turn, chance: 0 })).toBe(25);
  });

  it('is not repeated when the pause would pass the deadline', () => {
    expect(pauseBefore({ ...turn, attempt: 6, leftMs: 1_999 })).toBeUndefined();
  });

  it('is not repeated before the server asks, and not by all at once', () => {
    const pauses = [0, 0.25, 0.75, 1].map((chance) => pauseBefore({ ...turn, retryAfterSeconds: 4, chance }));
    expect(pauses).toEqual([4_000, 4_500, 5_500, 6_000]);
  });

  it('is tried once more in the time that is left when the server asks for longer', () => {
    const pauses = [0, 0.5, 1].map((chance) => pauseBefore({ ...turn, retryAfterSeconds: 32, leftMs: 8_000, chance }));
    expect(pauses).toEqual([4_000, 5_800, 7_600]);
    expect(pauseBefore({ ...turn, retryAfterSeconds: 32, leftMs: 499 })).toBeUndefined();
  });
});
