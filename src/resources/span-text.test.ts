import { describe, expect, it } from 'vitest';
import { spanText } from './span-text.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a span of time, in words', () => {
  it.each([
    [30_000, 'under a minute'],
    [59.9 * minute, '59m'],
    [2.5 * hour, '2h 30m'],
    [3 * hour, '3h'],
    [76 * hour, '3d 4h'],
  ])('%d ms are %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
