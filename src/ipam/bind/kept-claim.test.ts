import { describe, expect, it } from 'vitest';
import { newClaim } from '../../resources/claim.ts';
import { isParked } from '../claim/claim-state.ts';
import { identityOfClaim, migrationSources, parkedSpec, takenSpec } from './kept-claim.ts';
import { bare, claim, parkedAt, pod } from './testing/claims.ts';

describe('a claim', () => {
  it('says who had it last while it is parked, and who has it once it is taken over', () => {
    const before = claim();
    const parked = newClaim(parkedSpec(before.spec, Date.parse(parkedAt)));
    expect(parked.spec).toEqual({ ...before.spec, parkedAt });
    const taken = newClaim(
      takenSpec(parked.spec, {
        attachment: { network: 'net', containerId: 'c2', ifname: 'eth0' },
        node: 'node2',
        daemon: 'node2',
        pool: 'office',
        pod,
        identity: { owner: { kind: 'StatefulSet', name: 'web' } },
        controlledBy: 'apps/v1 StatefulSet web uid-of-another',
      }),
    );
    expect(taken.spec).toEqual({
      ...before.spec,
      node: 'node2',
      daemon: 'node2',
      containerId: 'c2',
      podUid: 'uid-2',
      controlledBy: 'apps/v1 StatefulSet web uid-of-another',
    });
    expect([isParked(before), isParked(parked), isParked(taken)]).toEqual([false, true, false]);
  });

  it('of a Pod that nobody keeps has no identity', () => {
    expect(identityOfClaim(bare())).toBeUndefined();
  });
});

describe('who may have the address of a virtual machine beside its claim', () => {
  const { spec } = claim();
  const moved = (containerId: string, migratedFrom: string) =>
    migrationSources({ ...spec, containerId, migratedFrom })?.split(' ');

  it('is each whom it was moved from, the latest first and each once', () => {
    expect(moved('c3', 'net/c2/eth0 net/c1/eth0')).toEqual(['net/c3/eth0', 'net/c2/eth0', 'net/c1/eth0']);
    expect(moved('c1', 'net/c2/eth0 net/c1/eth0')).toEqual(['net/c1/eth0', 'net/c2/eth0']);
  });

  it('is nobody more when it is parked: who had it last has given it back', () => {
    expect(migrationSources({ ...spec, parkedAt })).toBeUndefined();
    expect(migrationSources({ ...spec, parkedAt, migratedFrom: 'net/c1/eth0' })).toBe('net/c1/eth0');
  });

  it('is forgotten after a dozen moves: a claim has no room for more', () => {
    const id = (index: number): string => `c${index}`.padEnd(64, '0');
    let sources: readonly string[] | undefined = [];
    for (let index = 0; index < 40; index += 1) sources = moved(id(index), sources?.join(' ') ?? '');
    expect(sources?.[0]).toBe(`net/${id(39)}/eth0`);
    expect(sources?.length).toBeGreaterThanOrEqual(12);
    expect(sources?.join(' ').length).toBeLessThanOrEqual(1_024);
  });
});
