import { describe, expect, it } from 'vitest';
import { emptyRangeSet } from '../ip/range-set.ts';
import { newClaim } from '../resources/claim.ts';
import { parsePool, poolKind, poolStatusSchema, spiderpoolVersion } from '../resources/pool.ts';
import { parseSubnet, subnetKind } from '../resources/subnet.ts';
import { poolStatus } from './pool-status.ts';
import { subnetStatus } from './subnet-status.ts';

const of = (kind: string, spec: object) => ({ apiVersion: spiderpoolVersion, kind, metadata: { name: 'large' }, spec });
const total = (spec: object) => {
  const facts = { pool: parsePool(of(poolKind, spec)), reserved: emptyRangeSet, blocks: new Map() };
  return poolStatus({ ...facts, claims: new Map() }).totalIPCount;
};
const claim = (address: string) =>
  newClaim({ address, pool: 'large', node: 'n', daemon: 'n', network: 'net', containerId: address, ifname: 'eth0' });

describe('the counts of a status', () => {
  // Spiderpool's D00017, with its addresses.
  it('of a large IPv6 pool are at most what an int64 holds, and exact below', () => {
    const spec = {
      subnet: 'fd12:3456:789a::/48',
      ips: ['fd12:3456:789a:baba::1-fd12:3456:789a:ffff:ffff:ffff:ffff:ffff'],
      excludeIPs: ['fd12:3456:789a:baba::1-fd12:3456:789a:baba::10'],
    };
    const claims = new Map(['fd12:3456:789a:baba::11', 'fd12:3456:789a:baba::12'].map((text) => [text, claim(text)]));
    const pool = parsePool(of(poolKind, spec));
    const status = poolStatus({ pool, reserved: emptyRangeSet, claims, blocks: new Map() });
    expect(status).toMatchObject({ totalIPCount: 9223372036854775807n, allocatedIPCount: 2 });
    expect(poolStatusSchema.parse(status)).toEqual(status);
  });

  it.each<[string, number | bigint]>([
    ['fd00::/112', 65_535],
    ['fd00::/75', 9007199254740991],
    ['fd00::/74', 18014398509481983n],
    ['fd00::/66', 4611686018427387903n],
    ['fd00::/65', 9223372036854775807n],
    ['fd00::/64', 9223372036854775807n],
  ])('of %s are %s', (subnet, count) => expect(total({ subnet })).toBe(count));

  it('of a large subnet are as large, also of what its pools have', () => {
    const subnet = parseSubnet(of(subnetKind, { subnet: 'fd00::/48' }));
    const pool = parsePool(of(poolKind, { subnet: 'fd00::/48', ips: ['fd00::/66'] }));
    expect(subnetStatus(subnet, [pool])).toMatchObject({
      totalIPCount: 9223372036854775807n,
      allocatedIPCount: 4611686018427387903n,
    });
  });

  it.each([-1, 1.5, -1n, '7', Number.NaN])('are never %s', (totalIPCount) => {
    expect(poolStatusSchema.safeParse({ totalIPCount }).success).toBe(false);
  });
});
