import { describe, expect, it } from 'vitest';
import { connectionShares, descriptorLimit } from './descriptors.ts';

describe('the descriptors of a process', () => {
  it.each([
    [1_024, { ofStrangers: 384, ofKnown: 384 }],
    [1_048_576, { ofStrangers: 500, ofKnown: 1_047_820 }],
    [256, { ofStrangers: 16, ofKnown: 16 }],
  ])('of %i leave room for all that is not a connection over the network', (limit, shares) => {
    expect(connectionShares(limit)).toEqual(shares);
  });

  it('are told by the kernel', () => {
    expect(descriptorLimit()).toBeGreaterThan(100);
  });
});
