import { describe, expect, it } from 'vitest';
import { allKinds } from './kinds.ts';

describe('the kinds of resources', () => {
  it("have the published short names: Spiderpool's, then our own", () => {
    expect(allKinds.flatMap(({ shortNames }) => shortNames)).toEqual([
      'ss',
      'sp',
      'sr',
      'se',
      'ipb',
      'ipc',
      'ipo',
      'iph',
      'iphs',
      'nt',
      'ipn',
    ]);
  });

  it('have no name that another has', () => {
    const names = allKinds.flatMap(({ kind, plural, shortNames, aliases }) => [
      kind,
      plural,
      ...shortNames,
      ...aliases,
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});
