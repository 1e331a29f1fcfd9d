import { describe, expect, it } from 'vitest';
import type { ClaimSpec } from '../../resources/claim.ts';
import { GoneOwners, type OwnerFacts, type ParkedWitness, whyNobodyComes } from './owner-gone.ts';
import { claim, parkedAt } from './testing/claims.ts';

describe('a parked claim', () => {
  const owner = (more: Partial<OwnerFacts> = {}): OwnerFacts => ({ replicas: 1, start: 0, isDeleting: false, ...more });
  const there = { uid: 'uid-2', annotations: {}, isOfOwner: true };
  const witness = (more: Partial<ParkedWitness>): ParkedWitness => ({
    owner: owner(),
    isAskedFor: false,
    pod: undefined,
    isSuperseded: false,
    ...more,
  });

  it.each<[string, Partial<ClaimSpec>, Partial<ParkedWitness>, string | undefined]>([
    ['its StatefulSet will make the Pod again', {}, {}, undefined],
    ['the StatefulSet is gone', {}, { owner: undefined }, 'StatefulSet shop/web is gone'],
    [
      'the StatefulSet is being deleted',
      {},
      { owner: owner({ isDeleting: true }) },
      'StatefulSet shop/web is being deleted',
    ],
    [
      'it was scaled down',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3 }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-3 among them',
    ],
    [
      'it was scaled down, and keeps addresses by its policy',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, keepsScaled: true }) },
      undefined,
    ],
    [
      'a StatefulSet with that policy is being deleted',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, keepsScaled: true, isDeleting: true }) },
      'StatefulSet shop/web is being deleted',
    ],
    ['the last of its ordinals', { podName: 'web-2' }, { owner: owner({ replicas: 3 }) }, undefined],
    ['ordinals begin at 5', { podName: 'web-7' }, { owner: owner({ replicas: 3, start: 5 }) }, undefined],
    [
      'ordinals begin beyond it',
      { podName: 'web-4' },
      { owner: owner({ replicas: 3, start: 5 }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-4 among them',
    ],
    [
      'a Pod of a StatefulSet that was scaled down, not gone yet',
      {},
      { owner: owner({ replicas: 0 }), pod: there },
      undefined,
    ],
    [
      'an orphaned Pod of a StatefulSet that is gone',
      { podUid: 'uid-2' },
      { owner: undefined, pod: { ...there, isOfOwner: false } },
      undefined,
    ],
    [
      'another Pod has the name by now',
      {},
      { owner: undefined, pod: { ...there, isOfOwner: false } },
      'StatefulSet shop/web is gone',
    ],
    [
      'ordinals that are passed over make room for higher ones',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, skips: [[1, 1]] }) },
      undefined,
    ],
    [
      'one that is passed over by now',
      { podName: 'web-1' },
      { owner: owner({ replicas: 3, skips: [[0, 1]] }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-1 among them',
    ],
    [
      'ranges that are passed over, one in another, of which each ordinal counts once',
      { podName: 'web-12' },
      {
        owner: owner({
          replicas: 3,
          skips: [
            [8, 9],
            [2, 10],
            [4, 11],
            [20, 30],
          ],
        }),
      },
      undefined,
    ],
    [
      'one beyond them that is too high',
      { podName: 'web-13' },
      {
        owner: owner({
          replicas: 3,
          skips: [
            [2, 10],
            [4, 11],
            [20, 30],
          ],
        }),
      },
      'StatefulSet shop/web has 3 replicas, and no Pod web-13 among them',
    ],
    [
      'ranges that begin before its first ordinal',
      { podName: 'web-8' },
      {
        owner: owner({
          replicas: 1,
          start: 5,
          skips: [
            [0, 6],
            [7, 7],
          ],
        }),
      },
      undefined,
    ],
    [
      'more ordinals that are passed over than a machine has room for',
      { podName: 'web-4000000001' },
      { owner: owner({ replicas: 2, skips: [[0, 3_999_999_999]] }) },
      undefined,
    ],
    [
      'of a kind that nobody can look up, its Pod is there',
      { ownerKind: 'Fleet.example.org' },
      { owner: 'unknown', pod: there },
      undefined,
    ],
    [
      'of a kind that nobody can look up, its Pod is away',
      { ownerKind: 'Fleet.example.org' },
      { owner: 'unknown' },
      'there is no Pod shop/web-0, and nobody can tell whether Fleet.example.org shop/web is there',
    ],
    ['a Deployment asks for it still', { ownerKind: 'Deployment' }, { isAskedFor: true }, undefined],
    [
      'also one without replicas',
      { ownerKind: 'Deployment' },
      { isAskedFor: true, owner: owner({ replicas: 0 }) },
      undefined,
    ],
    [
      'a Deployment asks for others by now',
      { ownerKind: 'Deployment' },
      {},
      'Deployment shop/web does not ask for 10.5.0.9 any more',
    ],
    ['the Deployment is gone', { ownerKind: 'Deployment' }, { owner: undefined }, 'Deployment shop/web is gone'],
    [
      'its Pod has another address',
      {},
      { isSuperseded: true, pod: there },
      'Pod shop/web-0 has another address by now',
    ],
  ])('%s', (_, spec, seen, reason) => {
    expect(whyNobodyComes(claim({ parkedAt, ...spec }), witness(seen))).toBe(reason);
  });

  it('goes when nobody was there for longer than the grace, without a break', () => {
    const gone = new GoneOwners(30_000);
    expect([0, 29_999, 30_000].map((now) => gone.isOver('a', 'gone', now))).toEqual([false, false, true]);
    expect(gone.isOver('b', 'gone', 0)).toBe(false);
    expect(gone.isOver('b', undefined, 20_000)).toBe(false);
    expect([25_000, 54_999, 55_000].map((now) => gone.isOver('b', 'gone', now))).toEqual([false, false, true]);
    gone.retain(new Set(['a']));
    expect(gone.isOver('b', 'gone', 60_000)).toBe(false);
  });
});
