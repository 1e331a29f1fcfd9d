import { describe, expect, it } from 'vitest';
import { parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { parseSubnet, subnetKind } from '../resources/subnet.ts';
import { withListedAddresses } from './spiderpool.ts';

const of = (kind: string, spec: object) => ({ apiVersion: spiderpoolVersion, kind, metadata: { name: 'one' }, spec });

describe('a pool of Spiderpool', () => {
  it('without a list of addresses offers none, also after the migration', () => {
    const spec = { ipVersion: 4, subnet: '172.19.0.0/16', gateway: '172.19.0.1', default: true };
    expect(parsePool(withListedAddresses(of(poolKind, spec))).usable.ranges).toEqual([]);
    expect(parseSubnet(withListedAddresses(of(subnetKind, { subnet: spec.subnet }))).controlled.ranges).toEqual([]);
    const listed = of(poolKind, { ...spec, ips: ['172.19.0.5'] });
    expect(withListedAddresses(listed)).toEqual(listed);
  });
});
