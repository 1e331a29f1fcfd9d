import { describe, expect, it } from 'vitest';
import { newClaim } from '../../resources/claim.ts';
import { isParked } from '../claim/claim-state.ts';
import { identityOfClaim, parkedSpec, takenSpec } from './kept-claim.ts';
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
