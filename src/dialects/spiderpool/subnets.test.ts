import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { annotatedRequest } from '../annotated-request.ts';
import { subnetsAnnotation } from './subnets.ts';

const pod = { namespace: 'shop', name: 'web-0', uid: 'u' };
const subject = 'Pod "shop/web-0"';
const key = (name: string) => `ipam.spidernet.io/${name}`;
const deployment = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f', uid: 'rs' };
const cloneSet = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid: 'cs' };
const hash = { 'pod-template-hash': '5d8f' };

function asked(annotations: Record<string, string>) {
  return subnetsAnnotation(
    Object.fromEntries(Object.entries(annotations).map(([name, text]) => [key(name), text])),
    subject,
  );
}

function request(
  annotations: Record<string, string>,
  controller: typeof deployment | 'nobody' = deployment,
  ifname = 'eth0',
) {
  const named = Object.fromEntries(Object.entries(annotations).map(([name, text]) => [key(name), text]));
  return annotatedRequest(
    {
      attachment: { network: 'net', containerId: 'c', ifname },
      pod,
      netns: '',
      source: { kind: 'default' },
      families: [],
      requested: [],
    },
    {
      pod: { labels: hash, annotations: named, ...(controller === 'nobody' ? {} : { controller }) },
      namespace: { labels: {}, annotations: { [key('default-ipv4-ippool')]: '["of-namespace"]' } },
      node: { labels: {} },
    },
  );
}

describe('annotations that ask for a pool of a SpiderSubnet', () => {
  it.each([
    ['one interface', { subnet: '{"ipv4":["s4"],"ipv6":["s6"]}' }, [{ ifname: 'eth0', subnets: { 4: 's4', 6: 's6' } }]],
    ['another interface', { subnet: '{"interface":"net1","ipv4":["s4"]}' }, [{ ifname: 'net1', subnets: { 4: 's4' } }]],
    [
      'several interfaces, in any case of the keys',
      { subnets: '[{"Interface":"eth0","IPv4":["a"]},{"interface":"net1","ipv4":null,"ipv6":["b"]}]' },
      [
        { ifname: 'eth0', subnets: { 4: 'a' } },
        { ifname: 'net1', subnets: { 6: 'b' } },
      ],
    ],
    [
      'those of subnets before that of subnet',
      { subnets: '[{"interface":"eth0","ipv4":["a"]}]', subnet: '{"ipv4":["b"]}' },
      [{ ifname: 'eth0', subnets: { 4: 'a' } }],
    ],
  ])('name %s', (_, annotations, interfaces) => {
    expect(asked(annotations as unknown as Record<string, string>)).toMatchObject({
      interfaces,
      isReclaimed: true,
      count: undefined,
      warnings: [],
    });
  });

  it.each([
    ['5', { kind: 'fixed', count: 5 }],
    ['0', { kind: 'fixed', count: 0 }],
    ['+2', { kind: 'elastic', count: 2 }],
    ['+0', { kind: 'elastic', count: 0 }],
    [' +1\n', { kind: 'elastic', count: 1 }],
  ])('say how many addresses: %s', (text, count) => {
    expect(asked({ subnet: '{"ipv4":["s"]}', 'ippool-ip-number': text })?.count).toEqual(count);
  });

  it.each([
    ['true', true],
    ['false', false],
    ['False', false],
    ['1', true],
    ['f', false],
  ])('say whether the pool goes with its application: %s', (text, isReclaimed) => {
    expect(asked({ subnet: '{"ipv4":["s"]}', 'ippool-reclaim': text })?.isReclaimed).toBe(isReclaimed);
  });

  it('are told of subnets that are not used, and of numbers without one', () => {
    const { warnings } = request({ subnet: '{"ipv4":["a","b","c"]}' });
    expect(warnings).toEqual([
      `${subject}: annotation ${key('subnet')}: only the first subnet of a family is used, "a"; not b, c`,
    ]);
    expect(request({ 'ippool-ip-number': '5', 'ippool-reclaim': 'x' }).warnings).toEqual([
      `${subject}: annotation ${key('ippool-ip-number')} is not looked at without ${key('subnet')} or ${key('subnets')}`,
      `${subject}: annotation ${key('ippool-reclaim')} is not looked at without ${key('subnet')} or ${key('subnets')}`,
    ]);
  });

  it('come before those that name pools', () => {
    const { source } = request({
      subnet: '{"ipv4":["s"]}',
      ippool: '{"ipv4":["p"]}',
      ippools: '[{"interface":"eth0","ipv4":["p"]}]',
    }).request;
    expect(source).toEqual({
      kind: 'automatic',
      origin: `annotation ${key('subnet')} of ${subject}`,
      subnets: { 4: 's' },
      applications: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    });
  });

  it('leave the interfaces that they do not name to what else is said', () => {
    expect(request({ subnet: '{"ipv4":["s"]}' }, deployment, 'net1').request.source).toMatchObject({
      preference: { names: { 4: ['of-namespace'] } },
    });
  });

  it.each<[string, string, RegExp]>([
    ['subnet', '', /subnet: not JSON/],
    ['subnet', '{"ipv4":["a"]', /subnet: not JSON/],
    ['subnet', 'null', /must be an object/],
    ['subnet', '["a"]', /must be an object/],
    ['subnet', '{}', /names no subnet: give ipv4, ipv6 or both/],
    ['subnet', '{"ipv4":[],"ipv6":null}', /names no subnet/],
    ['subnet', '{"ipv4":"a"}', /ipv4: must be a list \(got "a"\)/],
    ['subnet', '{"ipv4":[""]}', /ipv4\.0: empty: name a SpiderSubnet/],
    ['subnet', '{"ipv4":[7]}', /ipv4\.0: must be text \(got 7\)/],
    [
      'subnet',
      '{"ipv4":["office-*"]}',
      /ipv4\.0: the name of one SpiderSubnet; patterns choose none \(got "office-\*"\)/,
    ],
    ['subnet', '{"ipv4pools":["a"]}', /unknown key "ipv4pools"/],
    ['subnet', '{"interface":"a-name-of-sixteen","ipv4":["a"]}', /interface: /],
    ['subnet', '{"interface":"net_1","ipv4":["a"]}', /interface: not an interface of which a pool can have its name/],
    ['subnets', '{"ipv4":["a"]}', /must be a list/],
    ['subnets', '[]', /an empty list/],
    ['subnets', '[{"ipv4":["a"]}]', /0: names no interface: each entry has one/],
    ['subnets', '[{"interface":"eth0"}]', /0: names no subnet/],
    [
      'subnets',
      '[{"interface":"eth0","ipv4":["a"]},{"interface":"eth0","ipv4":["b"]}]',
      /interface "eth0" stands twice/,
    ],
    ['subnets', '[{"interface":"eth0","ipv4":["a"]},{"interface":"net1","ipv4":["a"]}]', /subnet "a" stands twice/],
    ['subnets', '[{"interface":"net1","ipv4":["a"]}]', /no entry for interface eth0; it has net1/],
    ['ippool-ip-number', '', /must be a number of addresses up to 65536, or "\+" and a number \(got ""\)/],
    ['ippool-ip-number', '-1', /\(got "-1"\)/],
    ['ippool-ip-number', '++1', /\(got "\+\+1"\)/],
    ['ippool-ip-number', '1.5', /\(got "1\.5"\)/],
    ['ippool-ip-number', 'five', /\(got "five"\)/],
    ['ippool-ip-number', '65537', /\(got "65537"\)/],
    ['ippool-ip-number', '99999999999', /\(got "99999999999"\)/],
    ['ippool-reclaim', 'yes', /must be true or false \(got "yes"\)/],
    ['ippool-reclaim', '', /must be true or false \(got ""\)/],
  ])('are refused: %s = %s', (name, text, says) => {
    const other = name.startsWith('ippool') ? { subnet: '{"ipv4":["s"]}' } : {};
    const error = refusal(() => request({ ...other, [name]: text }));
    expect(error?.code).toBe('invalid-config');
    expect(error?.message).toContain(`${subject}: annotation ${key(name)}: `);
    expect(error?.message).toMatch(says);
    expect(error?.advice).not.toBe('');
  });

  it.each<[string, typeof deployment | 'nobody', Record<string, string>, string]>([
    [
      'no controller keeps',
      'nobody',
      {},
      `invalid-config: ${subject}: annotation ${key('subnet')}: the pool is an application's, and no controller keeps this Pod`,
    ],
    [
      'is of a kind whose Pods nobody can count',
      cloneSet,
      {},
      'invalid-config: CloneSet shop/web: nobody can tell how many Pods a CloneSet makes, so its pool cannot follow them',
    ],
    [
      'is of such a kind and follows it',
      cloneSet,
      { 'ippool-ip-number': '+5' },
      'invalid-config: CloneSet shop/web: nobody can tell how many Pods a CloneSet makes, so its pool cannot follow them',
    ],
    [
      'is of an application with too long a name',
      { ...cloneSet, name: 'w'.repeat(64) },
      { 'ippool-ip-number': '5' },
      `unsupported: CloneSet shop/${'w'.repeat(64)}: its name has more than 63 characters, and its pool bears it as a label`,
    ],
  ])('are refused of a Pod that %s', (_, controller, more, expected) => {
    const error = refusal(() => request({ subnet: '{"ipv4":["s"]}', ...more }, controller));
    expect(`${error?.code}: ${error?.message}`).toBe(expected);
  });
});

function refusal(act: () => unknown): IpamError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof IpamError) return error;
    throw error;
  }
}
