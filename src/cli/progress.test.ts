import { describe, expect, it, vi } from 'vitest';
import type { Client } from './client.ts';
import { progressLine, tellProgress } from './progress.ts';

describe('a command that takes long', () => {
  it.each([
    ['says nothing for two seconds', { asked: 1, elapsedMs: 1_999, step: 'asking x' }, ''],
    ['then says what it does, and for how long', { asked: 1, elapsedMs: 2_000, step: 'asking x' }, 'asking x (2 s)'],
    ['says nothing while it asks nobody', { asked: 0, elapsedMs: 9_000, step: 'asking x' }, ''],
  ])('%s', (_what, state, line) => expect(progressLine(state)).toBe(line));

  it('takes its line away when it ends', async () => {
    vi.useFakeTimers();
    try {
      const { promise, resolve } = Promise.withResolvers<object>();
      const lines: string[] = [];
      const asked = { address: 'ipam-1:9090', call: () => promise } as unknown as Client;
      const { client, step, end } = tellProgress(asked, (line) => void lines.push(line));
      const answer = client.call('GetVersion', {});
      await vi.advanceTimersByTimeAsync(2_500);
      step('3 of 200 resources');
      await vi.advanceTimersByTimeAsync(500);
      resolve({});
      await answer;
      end();
      await vi.advanceTimersByTimeAsync(5_000);
      expect(lines.filter((line, n) => n === 0 || line !== lines[n - 1])).toEqual([
        '',
        'asking ipam-1:9090 (2 s)',
        '3 of 200 resources (3 s)',
        '',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});
