import { describe, expect, it } from 'vitest';
import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import { atDel, isSuperseded } from './at-del.ts';
import { bare, born, claim, parkedAt } from './testing/claims.ts';

describe('at DEL', () => {
  const second = { address: '10.5.0.10', containerId: 'c2' };
  const older = (spec: Partial<ClaimSpec>): Claim => born(spec, '2026-11-29T00:00:00.000Z');
  it.each<[string, Claim, Claim[], 'park' | 'release']>([
    ['an address of nobody in particular goes', bare(), [], 'release'],
    ['an address of an identity stays', claim(), [], 'park'],
    ['also beside one that nobody has', claim(), [claim({ ...second, parkedAt })], 'park'],
    ['also beside one of the other family', claim(), [claim({ ...second, address: 'fd05::9' })], 'park'],
    ['also beside one of the same container', claim(), [claim({ address: '10.5.0.10' })], 'park'],
    ['also beside one of another container: that may be given up still', claim(), [claim(second)], 'park'],
    ['also beside an older one of a container that is lost: it has moved', claim(), [older(second)], 'park'],
  ])('%s', (_, one, others, expected) => {
    expect(atDel({ claim: one, recorded: [one.spec], claims: [one, ...others] })).toBe(expected);
  });

  it.each<[string, Claim, Claim[], 'park' | 'release']>([
    ['it stays where it may have been taken over', claim(), [], 'park'],
    ['it goes beside an older one of the identity, which is what that has', claim(), [older(second)], 'release'],
    ['also when nobody has the older one', claim(), [older({ ...second, parkedAt })], 'release'],
    ['it stays beside a younger one', older({}), [claim(second)], 'park'],
    ['it stays beside another address of its own interface', claim(), [older({ address: '10.5.0.10' })], 'park'],
    ['the older one is of another pool: it may have moved', claim(), [older({ ...second, pool: 'lab' })], 'park'],
    ['the older one is of another family', claim(), [older({ ...second, address: 'fd05::9' })], 'park'],
    ['the older one is of another owner', claim(), [older({ ...second, ownerName: 'other' })], 'park'],
    [
      'an application has several',
      claim({ ownerKind: 'Deployment' }),
      [older({ ...second, ownerKind: 'Deployment' })],
      'park',
    ],
    ['an address of nobody in particular goes', bare(), [], 'release'],
  ])('of a call that was never answered: %s', (_, one, others, expected) => {
    expect(atDel({ claim: one, recorded: [], claims: [one, ...others] })).toBe(expected);
  });

  it.each<[string, Claim, { address: string; pool: string }, 'park' | 'release']>([
    ['goes', claim(), { address: '10.5.0.10', pool: 'office' }, 'release'],
    ['stays where that is of another family', claim(), { address: 'fd05::9', pool: 'office6' }, 'park'],
    ['stays where that is of other networks', claim(), { address: '10.5.0.10', pool: 'a.scope-b' }, 'park'],
    ['stays with an application', claim({ ownerKind: 'Deployment' }), { address: '10.5.0.10', pool: 'office' }, 'park'],
  ])('beside what its container was given in its place it %s', (_, one, recorded, expected) => {
    expect(atDel({ claim: one, recorded: [recorded], claims: [one] })).toBe(expected);
  });
});

describe('a parked claim beside another of its identity', () => {
  const deadlineMs = 300_000;
  const kept = claim({ parkedAt });
  const since = Date.parse(parkedAt);
  const second = (spec: Partial<ClaimSpec> = {}): Claim =>
    born({ address: '10.5.0.10', containerId: 'c2', ...spec }, parkedAt);
  it.each<[string, Claim, number, boolean]>([
    ['is superseded once the ADD of that must be over', second(), since + deadlineMs + 1, true],
    ['is not before: it may be given up still', second(), since + deadlineMs, false],
    ['is not when nobody has that', second({ parkedAt }), since + 2 * deadlineMs, false],
    ['is not when that is of another owner', second({ ownerName: 'other' }), since + 2 * deadlineMs, false],
    ['is not when that is of another family', second({ address: 'fd05::9' }), since + 2 * deadlineMs, false],
    ['is not when that is of networks that never meet', second({ pool: 'a.scope-b' }), since + 2 * deadlineMs, false],
  ])('%s', (_, other, now, expected) => {
    expect(isSuperseded(kept, [kept, other], now, deadlineMs)).toBe(expected);
  });
});
