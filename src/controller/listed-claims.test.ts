import { describe, expect, it } from 'vitest';
import { parkedSpec, placeOfClaim } from '../ipam/bind/kept-claim.ts';
import { type Claim, newClaim } from '../resources/claim.ts';
import type { Stored } from '../resources/resource.ts';
import { silentLog } from '../telemetry/log.ts';
import { ListedClaims } from './listed-claims.ts';
import { ParkedClaims } from './parked-claims.ts';
import { FakeCluster } from './testing/live.ts';
import { claim, newStore, TestClock } from './testing/world.ts';

const kept = (address: string, podName: string, version = '1'): Stored<Claim> => {
  const held = claim(address, { podName, ownerKind: 'StatefulSet', ownerName: 'web' }) as Claim;
  const { metadata, ...parked } = newClaim(parkedSpec(held.spec, 0));
  return { ...parked, metadata: { ...metadata, uid: address, resourceVersion: version } } as Stored<Claim>;
};

describe('claims as they were listed', () => {
  it('are found by the identity that they are kept for, those of the last list only', () => {
    const listed = new ListedClaims();
    const [first, second, other] = [kept('10.0.0.5', 'web-0'), kept('10.0.0.6', 'web-0'), kept('10.0.0.7', 'web-1')];
    const names = () => [...listed.claimsKeptAt(placeOfClaim(first) ?? '').keys()];
    listed.replace([first, second, other]);
    expect(names()).toEqual(['10.0.0.5', '10.0.0.6']);
    listed.replace([kept('10.0.0.6', 'web-1', '2'), other, kept('10.0.0.5', 'web-0')]);
    expect(names()).toEqual(['10.0.0.5']);
    expect([...listed.claims()]).toHaveLength(3);
  });

  it('are only those that can be used', () => {
    const listed = new ListedClaims();
    const whole = kept('10.0.0.5', 'web-0');
    listed.replace([whole, { ...kept('10.0.0.6', 'web-0'), spec: { ...whole.spec, node: 7 } as never }]);
    expect([...listed.claims()]).toEqual([whole]);
  });

  it('are read as often for each when there are many', async () => {
    expect(await readsInARound(400)).toBeLessThan(2 * 4 * (await readsInARound(100)));
  });
});

/** How often a round reads of a claim for whom it is kept, of so many that are parked and whose Pods are awaited. */
async function readsInARound(count: number): Promise<number> {
  let reads = 0;
  const claims = Array.from({ length: count }, (_, n) => {
    const one = kept(`10.0.${n >> 8}.${n & 255}`, `web-${n}`);
    const spec = new Proxy(one.spec, {
      get: (target, key) => {
        reads += key === 'podName' ? 1 : 0;
        return Reflect.get(target, key);
      },
    });
    return { ...one, spec };
  });
  const [clock, state, live] = [new TestClock(), new ListedClaims(), new FakeCluster()];
  live.owners.set('StatefulSet default/web', { replicas: count, start: 0, isDeleting: false, annotations: {} });
  state.replace(claims);
  const parked = new ParkedClaims({
    state,
    store: newStore(clock),
    live,
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    graceMs: 0,
    isEnabled: true,
    keepsMachines: true,
    whenScaled: 'Delete',
  });
  await parked.round();
  return reads;
}
