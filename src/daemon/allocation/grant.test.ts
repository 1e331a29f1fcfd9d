import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { addressesOf, attachment, cooldownMs, request, world } from '../testing/world.ts';

describe('a node whose leased addresses are all held or cooling down', () => {
  it('gives one whose cool-down ended while no block could be leased, and none before', async () => {
    const w = await world('10.0.0.0/24', 30);
    const [address] = await addressesOf(w, 'a');
    let waitMs = 0;
    w.store.create = () => {
      w.clock.advance(waitMs);
      return Promise.reject(new IpamError('store-unavailable', 'nobody answers'));
    };
    let more = 0;
    while ((await codeOf(w.daemon.ipam.allocate(request(`full${++more}`)))) === undefined);
    await w.daemon.ipam.release(attachment('a'));
    expect(await codeOf(w.daemon.ipam.allocate(request('e')))).toBe('store-unavailable');
    waitMs = cooldownMs + 1;
    expect(await addressesOf(w, 'f')).toEqual([address]);
  });
});
