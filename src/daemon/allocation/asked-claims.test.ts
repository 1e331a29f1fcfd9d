import { describe, expect, it } from 'vitest';
import type { Claim } from '../../resources/claim.ts';
import { newClaim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { AskedClaims, type AskedClaimsParts } from './asked-claims.ts';

function claim(address: string): Stored<Claim> {
  const made = newClaim({
    ...{
      address,
      pool: 'office',
      node: 'node1',
      daemon: 'node1',
      network: 'net',
      containerId: address,
      ifname: 'eth0',
    },
    ...{ podNamespace: '', podName: '', podUid: '' },
  });
  return { ...made, metadata: { ...made.metadata, uid: address, resourceVersion: '7', creationTimestamp: '' } };
}

/** A daemon that has these, and what it is told of a list of its own: `known 10.0.0.1; listed 10.0.0.2`. */
function asking(...own: readonly Stored<Claim>[]) {
  const told: string[] = [];
  const text = (claims: readonly Stored<Claim>[]): string => claims.map(({ spec }) => spec.address).join(' ');
  const claims = new AskedClaims({
    own: () => own,
    toKnow: { isOfRecord: () => true, isToKnow: () => true, isInOwnBlock: () => false },
    now: () => 0,
    relisted: (known, listed) => told.push(`known ${text(known)}; listed ${text(listed)}`),
    // A list of its own asks for none of these.
  } as Partial<AskedClaimsParts> as AskedClaimsParts);
  return { claims, told };
}

const list = (...items: readonly Stored<Claim>[]) => ({ items, version: '6' });

describe('a list of a daemon’s own claims', () => {
  const [old, written] = [claim('10.0.0.1'), claim('10.0.0.2')];

  it('is all that it has, where nothing was written while it was on its way', () => {
    const { claims, told } = asking(old, written);
    claims.listingOwn()(list(old));
    expect(told).toEqual(['known 10.0.0.1 10.0.0.2; listed 10.0.0.1']);
  });

  it('says nothing of what was written while it was on its way: it may be older', () => {
    const { claims, told } = asking(old, written);
    const take = claims.listingOwn();
    claims.answered(written);
    take(list(old));
    expect(told).toEqual(['known 10.0.0.1; listed 10.0.0.1']);
  });

  it('brings nothing back that was being deleted', () => {
    const { claims, told } = asking(old);
    claims.asking(written);
    claims.listingOwn()(list(old, written));
    expect(told).toEqual(['known 10.0.0.1; listed 10.0.0.1']);
  });

  it('that does not come says nothing', () => {
    const { claims, told } = asking(old);
    claims.listingOwn()(undefined);
    expect(told).toEqual([]);
  });
});
