import { describe, expect, it } from 'vitest';
import { stackedBar, usageParts } from './bar.ts';
import { english } from './texts-en.ts';

describe('a bar', () => {
  it('has a part for each thing that is there, as wide as its share, and says the same in words', () => {
    const { text } = stackedBar(english, [
      { kind: 'held', count: 64n },
      { kind: 'kept', count: 0n },
      { kind: 'free', count: 192n },
    ]);
    expect(text).toContain('<rect class="k-held" x="0" width="250" height="10"/>');
    expect(text).toContain('<rect class="k-free" x="250" width="750" height="10"/>');
    expect(text).not.toContain('k-kept');
    expect(text).toContain('aria-label="in use 64, free 192"');
    // The policy of pages allows none.
    expect(text).not.toContain('style=');
  });

  it('shows one address of a million', () => {
    const { text } = stackedBar(english, [
      { kind: 'held', count: 1n },
      { kind: 'free', count: 999_999n },
    ]);
    expect(text).toContain('<rect class="k-held" x="0" width="4" height="10"/>');
  });

  it('of nothing is empty', () => {
    expect(stackedBar(english, []).text).toContain('aria-label="none"');
  });

  it.each([
    ['what is kept, out of what is used', { used: 10n, parked: 4 }, { held: 6n, kept: 4n, free: 90n }],
    ['what cools down, out of what is free', { coolingDown: 7 }, { 'cooling-down': 7n, free: 93n }],
    ['what is unknown', { unknown: 30n }, { unknown: 30n, free: 70n }],
    ['more in use than there is: the pool was made smaller', { used: 120n }, { held: 120n, free: 0n }],
  ])('shows %s', (_what, counts, wanted) => {
    const usage = { total: 100n, used: 0n, unknown: 0n, parked: 0, coolingDown: 0, ...counts };
    const parts = Object.fromEntries(usageParts(usage).map(({ kind, count }) => [kind, count]));
    expect(parts).toMatchObject(wanted);
  });
});
