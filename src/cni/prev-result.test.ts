import { describe, expect, it } from 'vitest';
import type { Allocation } from '../ipam/allocation.ts';
import { checkPrevResult } from './prev-result.ts';

const held = (...addresses: readonly string[]): Allocation => ({
  attachment: { network: 'n', containerId: 'a', ifname: 'eth0' },
  node: 'node1',
  netns: '',
  addresses: addresses.map((address) => ({ address, prefixLength: 24, pool: 'p', routes: [] })),
  createdAt: 0,
});

const result = (...addresses: readonly string[]) => ({ ips: addresses.map((address) => ({ address })) });

describe('CHECK', () => {
  it.each([
    ['as it was given', '10.0.0.2/24', '10.0.0.2'],
    ['without a length', '10.0.0.2', '10.0.0.2'],
    ['in its IPv6 form', '::ffff:10.0.0.2/120', '10.0.0.2'],
    ['with another length', '10.0.0.2/32', '10.0.0.2'],
    ['IPv6 as it was given', 'fd00::2/64', 'fd00::2'],
    ['IPv6 written out in full', 'fd00:0000:0000:0000:0000:0000:0000:0002/64', 'fd00::2'],
    ['IPv6 with zeros left out elsewhere', 'fd00:0:0:0::2/64', 'fd00::2'],
    ['IPv6 in capitals', 'FD00::A/64', 'fd00::a'],
    ['IPv6 with an IPv4 tail', 'fd00::0.0.0.2/64', 'fd00::2'],
  ])('knows an address %s', (_what, remembered, address) => {
    expect(() => checkPrevResult(held(address), result('192.0.2.9/24', remembered))).not.toThrow();
  });

  it.each([
    ['another', result('10.0.0.3/24')],
    ['none', { ips: [] }],
    ['null', { ips: null }],
    ['what is no address', result('10.0.0.2/99', 'x')],
    ['nothing of addresses', {}],
    ['one of two', result('10.0.0.2/24')],
  ])('says that one is missing from a result that has %s', (what, remembered) => {
    const addresses = what === 'one of two' ? ['10.0.0.2', 'fd00::2'] : ['10.0.0.2'];
    expect(() => checkPrevResult(held(...addresses), remembered)).toThrowError(
      expect.objectContaining({ code: 'conflict', facts: { cniCode: 106 } }),
    );
  });

  it.each([undefined, null, 'x', { ips: 'x' }])('needs the result of the ADD, not %j', (remembered) => {
    expect(() => checkPrevResult(held('10.0.0.2'), remembered)).toThrowError(
      expect.objectContaining({ code: 'invalid-config' }),
    );
  });
});
