import { describe, expect, it } from 'vitest';
import { comesInTime } from './comes-in-time.ts';

/** A pause that ends when the test says so, or when nobody waits for it any more. */
function pauses() {
  const end = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const pause = (_ms: number, signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return end.promise;
  };
  return { clock: { pause }, signals, timeIsOver: end.resolve };
}

describe('what is waited for', () => {
  it('comes in time, and nobody waits for the end of the time any more', async () => {
    const { clock, signals } = pauses();
    expect(await comesInTime(Promise.resolve(), 5, clock)).toBe(true);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('does not come in time', async () => {
    const { clock, timeIsOver } = pauses();
    timeIsOver();
    expect(await comesInTime(new Promise(() => {}), 5, clock)).toBe(false);
  });

  it('fails as it fails', async () => {
    const { clock, signals } = pauses();
    await expect(comesInTime(Promise.reject(new Error('no')), 5, clock)).rejects.toThrow('no');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
