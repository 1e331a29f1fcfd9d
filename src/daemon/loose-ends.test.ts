import { describe, expect, it } from 'vitest';
import { LooseEnds } from './loose-ends.ts';

const attachment = (containerId: string) => ({ network: 'net', containerId, ifname: 'eth0' });

describe('loose ends', () => {
  it('are kept from the note until a record stands behind them, or they are old', () => {
    const ends = new LooseEnds();
    for (const [at, name] of ['a', 'b', 'c', 'a'].entries()) ends.note(attachment(name), at);
    ends.tie(attachment('c'));
    const noted = (): boolean[] => ['a', 'b', 'c'].map((name) => ends.has(attachment(name)));
    expect(noted()).toEqual([true, true, false]);
    // What was noted again is as young as its last call.
    ends.forgetBefore(2);
    expect(noted()).toEqual([true, false, false]);
    expect(ends.isEmpty).toBe(false);
    ends.forgetBefore(4);
    expect(noted()).toEqual([false, false, false]);
    expect(ends.isEmpty).toBe(true);
  });
});
