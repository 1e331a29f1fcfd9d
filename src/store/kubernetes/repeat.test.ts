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

  it('is repeated after longer and longer pauses, with a limit, and never before the server asks', () => {
    const pauses = Array.from({ length: 9 }, (_, attempt) => pauseBefore(attempt, undefined, 0.5));
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000, 2000]);
    expect(pauseBefore(0, 7, 0.5)).toBe(7000);
    expect(pauseBefore(0, undefined, 0)).toBe(25);
  });
});
