import { describe, expect, it } from 'vitest';
import { UncertainCalls } from './uncertain-calls.ts';

const attachment = (containerId: string) => ({ network: 'net', containerId, ifname: 'eth0' });

describe('uncertain calls', () => {
  it('are kept until they are old, from their last note on', () => {
    const ends = new UncertainCalls();
    for (const [at, name] of ['a', 'b', 'a'].entries()) ends.note(attachment(name), at);
    const noted = (): string[] => ends.all().map(({ containerId }) => containerId);
    expect(noted()).toEqual(['b', 'a']);
    // What was noted again is as young as its last call.
    ends.forgetBefore(2);
    expect(noted()).toEqual(['a']);
    ends.forgetBefore(3);
    expect(noted()).toEqual([]);
  });
});
