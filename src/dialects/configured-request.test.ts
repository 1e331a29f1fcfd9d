import { describe, expect, it } from 'vitest';
import { configuredRequest } from './configured-request.ts';
import type { Section } from './dialect.ts';

const asked = (section: Section, type = 'ipam-plugin', runtime: Section = {}) =>
  configuredRequest({ type, ...section }, { network: 'net', type, runtime });
const kind = (section: Section) => asked(section).source.kind;
const range = { subnet: '10.1.0.0/24' };

describe('where the addresses of a network come from', () => {
  it.each<[string, Section, string]>([
    ['the default pools, when its section does not say', {}, 'default'],
    ['the pools that it names', { pools: ['a'] }, 'named'],
    ['the pools of a purpose', { purpose: 'storage' }, 'purpose'],
    ['the pools of a subnet', { clusterCIDR: '10.0.0.0/16, fd00::/48' }, 'subnet'],
    ["host-local's ranges", { ranges: [[range]] }, 'ranges'],
    ["host-local's older form, one range in the section itself", range, 'ranges'],
    ["the pools of Spiderpool's keys", { default_ipv6_ippool: ['six-*'] }, 'preferred'],
    ["the default pools, when Spiderpool's list is empty", { default_ipv4_ippool: [] }, 'default'],
  ])('%s', (_where, section, expected) => expect(kind(section)).toBe(expected));

  it('the ranges that the runtime hands over, before those of the file', () => {
    const { source } = asked({ ranges: [[range]] }, 'host-local', { ipRanges: [[{ subnet: '10.2.0.0/24' }]] });
    expect(source).toMatchObject({
      sets: [[{ subnet: { address: { value: 0x0a020000n } } }], [{ subnet: { address: { value: 0x0a010000n } } }]],
    });
  });

  it.each<[string, Section, string]>([
    ['pools and a purpose', { pools: ['a'], purpose: 'storage' }, 'ipam names pools and purpose; one of'],
    ['two of our own keys', { pools: ['a'], clusterCIDR: '10.0.0.0/16' }, 'ipam names pools and clusterCIDR; one of'],
    ['keys of two dialects', { pools: ['a'], ranges: [[range]] }, 'ipam names pools and ranges; one of them must do'],
    ['a subnet that is none', { clusterCIDR: '10.0.0.0' }, 'network "net": ipam.clusterCIDR: '],
    ['an end of a range without its subnet', { rangeEnd: '10.1.0.9' }, 'ipam.rangeEnd 10.1.0.9 needs ipam.subnet'],
    ['a scope of no ranges', { network_name: 'red' }, 'ipam.network_name needs ranges'],
  ])('is refused as %s', (_what, section, says) => expect(() => asked(section).source).toThrow(says));
});

describe("a network of Spiderpool's", () => {
  it.each<[string, Section, string]>([
    ['by its type', {}, 'spiderpool'],
    ['by a key', { log_level: 'debug' }, 'ipam-plugin'],
  ])('is told %s, and has a default route by the gateway', (_how, section, type) => {
    expect(asked(section, type)).toMatchObject({ defaultRoute: true, cleanGateway: false });
  });

  it('has none with clean_gateway', () => expect(asked({ clean_gateway: true }).cleanGateway).toBe(true));
  it('is no other network', () => expect(asked({ pools: ['a'] }).defaultRoute).toBeUndefined());
});
