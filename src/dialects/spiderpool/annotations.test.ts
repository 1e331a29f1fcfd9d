import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { ippoolAnnotation, ippoolsAnnotation, namespacePools, routesAnnotation } from './annotations.ts';

const pod = 'Pod "shop/web-0"';
const key = (name: string) => `ipam.spidernet.io/${name}`;

describe('the annotations of Pods and namespaces', () => {
  it('name pools of each family, absent and null lists included', () => {
    expect(ippoolAnnotation({ [key('ippool')]: '{"ipv4":["a","b-*"],"ipv6":null}' }, pod)).toEqual({
      interface: undefined,
      names: { 4: ['a', 'b-*'], 6: [] },
      cleanGateway: false,
    });
  });

  it('may have the keys of before version 0.3', () => {
    expect(
      ippoolAnnotation({ [key('ippool')]: '{"interface":"eth0","ipv4pools":["a"],"ipv6pools":["b"]}' }, pod),
    ).toEqual({
      interface: 'eth0',
      names: { 4: ['a'], 6: ['b'] },
      cleanGateway: false,
    });
  });

  it('name pools for several interfaces', () => {
    const text = '[{"interface":"eth0","ipv4":["a"],"cleangateway":true},{"interface":"net1","ipv6":["b"]}]';
    expect(ippoolsAnnotation({ [key('ippools')]: text }, pod)).toEqual([
      { interface: 'eth0', names: { 4: ['a'], 6: [] }, cleanGateway: true },
      { interface: 'net1', names: { 4: [], 6: ['b'] }, cleanGateway: false },
    ]);
  });

  it('take an empty interface for none', () => {
    expect(
      ippoolsAnnotation({ [key('ippools')]: '[{"interface":"","ipv4":["a"]}]' }, pod)?.[0]?.interface,
    ).toBeUndefined();
  });

  it('name routes, in canonical form', () => {
    expect(routesAnnotation({ [key('routes')]: '[{"dst":"FD00::/64","gw":"fd00:0::1"}]' }, pod)).toEqual({
      routes: [{ dst: 'fd00::/64', gw: 'fd00::1' }],
      warnings: [],
    });
  });

  it('name routes with host bits, which are masked, and say so', () => {
    const text = '[{"dst":"10.200.3.4/16","gw":"10.6.0.1"},{"dst":"fd00:192:1278::/32","gw":"fd00::1"}]';
    expect(routesAnnotation({ [key('routes')]: text }, pod)).toEqual({
      routes: [
        { dst: '10.200.0.0/16', gw: '10.6.0.1' },
        { dst: 'fd00:192::/32', gw: 'fd00::1' },
      ],
      warnings: [
        `${pod}: annotation ${key('routes')}: 10.200.3.4/16 has host bits, and is taken for 10.200.0.0/16`,
        `${pod}: annotation ${key('routes')}: fd00:192:1278::/32 has host bits, and is taken for fd00:192::/32`,
      ],
    });
  });

  it.each<[string, unknown]>([
    ['{"IPv4":["a"],"IPV6":null}', { interface: undefined, names: { 4: ['a'], 6: [] }, cleanGateway: false }],
    ['{"IPv4Pools":["a"]}', { interface: undefined, names: { 4: ['a'], 6: [] }, cleanGateway: false }],
    ['{"Interface":"eth0","ipv4":["a"]}', { interface: 'eth0', names: { 4: ['a'], 6: [] }, cleanGateway: false }],
    ['{"ipv4":["a"],"ipv4":["b"]}', { interface: undefined, names: { 4: ['b'], 6: [] }, cleanGateway: false }],
    ['{"ipv4":["a"],"IPV4":["b"]}', { interface: undefined, names: { 4: ['b'], 6: [] }, cleanGateway: false }],
  ])('may have keys in any case, and of one that stands twice the last counts: ippool = %s', (text, expected) => {
    expect(ippoolAnnotation({ [key('ippool')]: text }, pod)).toEqual(expected);
  });

  it('may have keys in any case: ippools and routes', () => {
    const text = '[{"interface":"eth0","IPv4":["a"],"cleanGateway":true}]';
    expect(ippoolsAnnotation({ [key('ippools')]: text }, pod)).toEqual([
      { interface: 'eth0', names: { 4: ['a'], 6: [] }, cleanGateway: true },
    ]);
    expect(routesAnnotation({ [key('routes')]: '[{"DST":"10.7.0.0/16","Gw":"10.6.0.1"}]' }, pod).routes).toEqual([
      { dst: '10.7.0.0/16', gw: '10.6.0.1' },
    ]);
  });

  it("name a namespace's default pools", () => {
    const annotations = { [key('default-ipv4-ippool')]: '["a","b"]', [key('default-ipv6-ippool')]: '[]' };
    expect(namespacePools(annotations, 'namespace "shop"')).toEqual({ 4: ['a', 'b'], 6: [] });
    expect(namespacePools({ [key('default-ipv4-ippool')]: '[]' }, 'namespace "shop"')).toBeUndefined();
  });

  it('say nothing when they are not there', () => {
    expect([
      ippoolAnnotation({}, pod),
      ippoolsAnnotation({}, pod),
      routesAnnotation({}, pod),
      namespacePools({}, 'n'),
    ]).toEqual([undefined, undefined, { routes: [], warnings: [] }, undefined]);
  });

  it.each([
    ['ippool', '', /not JSON/],
    ['ippool', '{"ipv4":["a"]', /not JSON/],
    ['ippool', 'null', /must be an object/],
    ['ippool', '["a"]', /must be an object/],
    ['ippool', '{}', /names no pool: give ipv4, ipv6 or both/],
    ['ippool', '{"ipv4":[],"ipv6":[]}', /names no pool/],
    ['ippool', '{"ipv4":"a"}', /ipv4: must be a list \(got "a"\)/],
    ['ippool', '{"ipv4":[""]}', /ipv4\.0: /],
    ['ippool', '{"ipv4":[7]}', /ipv4\.0: must be text \(got 7\)/],
    ['ippool', '{"ipv4":["a["]}', /ipv4\.0: not a pattern: a "\[" has no "\]" \(got "a\["\)/],
    ['ippool', '{"pool":["a"]}', /unknown key "pool"; known keys: interface, ipv4, ipv6/],
    ['ippool', '{"ipv4":["a"],"cleangateway":true}', /unknown key "cleangateway"/],
    ['ippool', `{"ipv4":${'['.repeat(150)}${']'.repeat(150)}}`, /nested more than 100 levels/],
    ['ippools', '[]', /an empty list/],
    ['ippools', '{"ipv4":["a"]}', /must be a list/],
    ['ippools', '[{"interface":"eth0"}]', /0: names no pool/],
    ['ippools', '[{"interface":"eth0","ipv4":["a"]},{"ipv4":["b"]}]', /some entries name an interface and some do not/],
    [
      'ippools',
      '[{"interface":"eth0","ipv4":["a"]},{"interface":"eth0","ipv4":["b"]}]',
      /interface "eth0" stands twice/,
    ],
    ['ippools', '[{"interface":"a-name-of-sixteen","ipv4":["a"]}]', /0\.interface: /],
    ['ippools', '[{"ipv4":["a"],"cleangateway":"yes"}]', /0\.cleangateway: must be true or false \(got "yes"\)/],
    ['ippools', '[{"ipv4":["a"],"defaultRoute":true}]', /0: unknown key "defaultRoute"/],
    ['routes', '[{"dst":"10.0.0.0/16"}]', /0\.gw: /],
    ['routes', '[{"dst":"10.0.0.0","gw":"10.1.0.1"}]', /0\.dst: .* \(got "10\.0\.0\.0"\)/],
    ['routes', '[{"dst":"10.0.0.0/16","gw":"fd00::1"}]', /0: dst and gw are of different IP families/],
    ['routes', '{"dst":"10.0.0.0/16","gw":"10.1.0.1"}', /must be a list/],
    ['default-ipv4-ippool', 'blue', /not JSON/],
    ['default-ipv6-ippool', '{"ipv6":["a"]}', /must be a list/],
  ])('refuse %s = %s', (name, text, says) => {
    const error = refusal(() => {
      const annotations = { [key(name)]: text };
      ippoolAnnotation(annotations, pod);
      ippoolsAnnotation(annotations, pod);
      routesAnnotation(annotations, pod);
      namespacePools(annotations, pod);
    });
    expect(error?.code).toBe('invalid-config');
    expect(error?.message).toContain(`${pod}: annotation ${key(name)}: `);
    expect(error?.message).toMatch(says);
    expect(error?.advice).toMatch(/^the form is [[{]/);
  });
});

function refusal(act: () => void): IpamError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof IpamError) return error;
    throw error;
  }
}
