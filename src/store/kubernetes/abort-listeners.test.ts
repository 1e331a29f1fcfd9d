import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AbortListeners } from './abort-listeners.ts';

describe('those who wait for a signal', () => {
  it('are all told, those who left are not, and the signal has one listener', () => {
    const listeners = new AbortListeners();
    const controller = new AbortController();
    const told: number[] = [];
    const tell = [1, 2, 3].map((number) => () => void told.push(number));
    for (const one of tell) listeners.add(controller.signal, one);
    listeners.delete(controller.signal, tell[1] as () => void);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort();
    expect(told).toEqual([1, 3]);
  });
});
