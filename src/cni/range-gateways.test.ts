import { describe, expect, it } from 'vitest';
import { formatAddress } from '../ip/address.ts';
import { IpamError } from '../resources/errors.ts';
import { networkConfig } from './network-config.ts';
import { sectionRequest } from './request.ts';

/** What an `ipam` section with these ranges asks for. */
function asked(ipam: object) {
  const network = networkConfig({
    cniVersion: '1.0.0',
    name: 'net',
    type: 'bridge',
    ipam: { type: 'ipam-plugin', ...ipam },
  });
  return sectionRequest(network, network.ipam ?? { type: '' }).source;
}

const range = (subnet: string, gateway: string) => ({ ranges: [[{ subnet, gateway }]] });

describe('the gateway of a range', () => {
  it.each([
    ['2001:db8:5:333::/64', '2001:db8:5::1'],
    ['2001:db8:5:333::/64', 'fe80::1'],
    ['10.1.0.0/24', '169.254.1.1'],
    ['10.1.0.0/24', '10.2.0.1'],
    ['10.1.0.0/24', '10.1.0.0'],
  ])('of %s may be %s, as with host-local', (subnet, gateway) => {
    const source = asked(range(subnet, gateway));
    expect(source.kind === 'ranges' && formatAddress(source.sets[0]?.[0]?.gateway ?? { family: 4, value: 0n })).toBe(
      gateway,
    );
    expect(asked({ subnet, gateway })).toEqual(source);
  });

  it('is of the family of its subnet', () => {
    expect(() => asked(range('10.1.0.0/24', 'fe80::1'))).toThrow(/gateway fe80::1 is an IPv6 address/);
  });
});

describe('network_name', () => {
  it('is the scope of ranges, and of nothing else', () => {
    const ranges = { ranges: [[{ subnet: '10.1.0.0/24' }]] };
    expect(asked({ ...ranges, network_name: 'blue' })).toMatchObject({ kind: 'ranges', networkName: 'blue' });
    expect(asked({ ...ranges, network_name: '' })).toEqual(asked(ranges));
    expect(() => asked({ pools: ['office'], network_name: 'blue' })).toThrow(IpamError);
  });
});
