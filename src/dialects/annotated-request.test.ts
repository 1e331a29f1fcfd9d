import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import type { PodFacts } from '../ipam/pod-facts.ts';
import type { AllocateRequest, PoolSource } from '../ipam/request.ts';
import { exactly } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import { annotatedRequest } from './annotated-request.ts';

const key = (name: string) => `ipam.spidernet.io/${name}`;
const networks = 'k8s.v1.cni.cncf.io/networks';

function facts(pod: Record<string, string>, namespace: Record<string, string> = {}): PodFacts {
  return {
    pod: { labels: {}, annotations: pod },
    namespace: { labels: {}, annotations: namespace },
    node: { labels: {} },
  };
}

function request(ifname: string, more: Partial<AllocateRequest> = {}): AllocateRequest {
  return {
    attachment: { network: 'net', containerId: 'c1', ifname },
    pod: { namespace: 'shop', name: 'web-0', uid: 'u1' },
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
    ...more,
  };
}

/** The pools asked for, as `a,b|c` for IPv4 a, b and IPv6 c, or the kind of source that the network names. */
function asked(source: PoolSource): string {
  return source.kind === 'preferred' ? `${source.preference.names[4]}|${source.preference.names[6]}` : source.kind;
}

function refusal(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (error instanceof IpamError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const ippools = '[{"interface":"eth0","ipv4":["many"]},{"interface":"net1","ipv4":["other"]}]';
const ippool = '{"ipv4":["one"],"ipv6":["one6"]}';
const ofNamespace = { [key('default-ipv4-ippool')]: '["home"]' };
const fromConfig: PoolSource = {
  kind: 'preferred',
  preference: { origin: 'configuration', names: { 4: ['conf'], 6: [] } },
};

describe('who says which pools an interface uses', () => {
  it.each<[string, PodFacts, PoolSource, string]>([
    [
      'ippools of the Pod before all',
      facts({ [key('ippools')]: ippools, [key('ippool')]: ippool }, ofNamespace),
      fromConfig,
      'many|',
    ],
    ['then ippool of the Pod', facts({ [key('ippool')]: ippool }, ofNamespace), fromConfig, 'one|one6'],
    ['then its namespace', facts({}, ofNamespace), fromConfig, 'home|'],
    ['a namespace in place of the default pools', facts({}, ofNamespace), { kind: 'default' }, 'home|'],
    [
      'a namespace in place of pools that the network names',
      facts({}, ofNamespace),
      { kind: 'named', pools: ['a'] },
      'home|',
    ],
    ['then the network', facts({}), fromConfig, 'conf|'],
    ['then the default pools', facts({}, { [key('default-ipv4-ippool')]: '[]' }), { kind: 'default' }, 'default'],
    [
      'nobody in place of ranges of the network',
      facts({ [key('ippool')]: ippool }),
      { kind: 'ranges', sets: [] },
      'ranges',
    ],
    [
      'nobody in place of pools named for one request',
      facts({ [key('ippool')]: ippool }),
      { kind: 'named', pools: ['a'], final: true },
      'named',
    ],
    [
      'the namespace, when ippool is for another interface',
      facts({ [key('ippool')]: '{"interface":"net1","ipv4":["one"]}' }, ofNamespace),
      fromConfig,
      'home|',
    ],
  ])('%s', (_who, given, source, pools) => {
    expect(asked(annotatedRequest(request('eth0', { source }), given).request.source)).toBe(pools);
  });

  it('is the network alone where nobody tells about Pods', () => {
    expect(annotatedRequest(request('eth0'), undefined).request.source).toEqual({ kind: 'default' });
  });

  it('is told by what it says of itself', () => {
    const source = (pod: Record<string, string>, namespace = {}) =>
      annotatedRequest(request('eth0'), facts(pod, namespace)).request.source;
    const origins = [
      source({ [key('ippools')]: ippools }),
      source({ [key('ippool')]: ippool }),
      source({}, ofNamespace),
    ];
    expect(origins.map((one) => (one.kind === 'preferred' ? one.preference.origin : ''))).toEqual([
      'annotation ipam.spidernet.io/ippools of Pod "shop/web-0"',
      'annotation ipam.spidernet.io/ippool of Pod "shop/web-0"',
      'default pools of namespace "shop"',
    ]);
  });

  it('does not look at a broken annotation that another one makes idle', () => {
    const given = facts({ [key('ippools')]: ippools, [key('ippool')]: 'broken' });
    expect(asked(annotatedRequest(request('eth0'), given).request.source)).toBe('many|');
  });
});

describe('several interfaces', () => {
  const three = '[{"ipv4":["first"]},{"ipv4":["second"]},{"ipv4":["third"]}]';

  it.each<[string, Record<string, string>, string, string]>([
    ['by name', { [key('ippools')]: ippools }, 'net1', 'other|'],
    ['by order, eth0 first', { [key('ippools')]: three }, 'eth0', 'first|'],
    ["by order, Multus' net1 second", { [key('ippools')]: three }, 'net1', 'second|'],
    ['by order, net2 third', { [key('ippools')]: three }, 'net2', 'third|'],
    [
      'by order of the networks that name their interfaces',
      { [key('ippools')]: three, [networks]: 'a@data0,b@store0' },
      'store0',
      'third|',
    ],
    [
      'by order, also where a network is named like another place',
      { [key('ippools')]: three, [networks]: 'a@net2,b@net1' },
      'net1',
      'third|',
    ],
    [
      'by order, where some networks name no interface',
      { [key('ippools')]: three, [networks]: 'a@data0,b' },
      'net2',
      'third|',
    ],
    ['all the same with ippool', { [key('ippool')]: ippool }, 'net1', 'one|one6'],
  ])('get their pools %s', (_how, annotations, ifname, pools) => {
    expect(asked(annotatedRequest(request(ifname), facts(annotations)).request.source)).toBe(pools);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'its name is in no entry',
      { [key('ippools')]: ippools },
      'net2',
      /no entry for interface net2; it has eth0, net1$/,
    ],
    [
      'there are fewer entries',
      { [key('ippools')]: '[{"ipv4":["first"]}]' },
      'net1',
      /1 entry, and net1 is interface number 2 of the Pod$/,
    ],
    ['its place is not known', { [key('ippools')]: three }, 'data0', /nothing tells the place of data0$/],
    ['the networks cannot be read', { [key('ippools')]: three, [networks]: '[{' }, 'net1', /networks: not JSON/],
  ])('are refused one when %s', (_why, annotations, ifname, says) => {
    const message = refusal(() => annotatedRequest(request(ifname), facts(annotations)));
    expect(message).toMatch(/^invalid-config: Pod "shop\/web-0": annotation /);
    expect(message).toMatch(says);
  });
});

describe('what addresses are for', () => {
  const purpose = 'berth.network/purpose';
  const sourceOf = (ifname: string, annotations: Record<string, string>) =>
    annotatedRequest(request(ifname, { source: fromConfig }), facts(annotations)).request.source;

  it.each([
    ['a word speaks of every interface', 'storage', 'net1', 'storage'],
    ['an object speaks of the interfaces that it names', '{"net1":"storage"}', 'net1', 'storage'],
    ['of others their network decides', '{"net1":"storage"}', 'eth0', undefined],
  ])('%s', (_, text, ifname, wanted) => {
    const origin = 'annotation berth.network/purpose of Pod "shop/web-0"';
    expect(sourceOf(ifname, { [purpose]: text })).toEqual(
      wanted === undefined ? fromConfig : { kind: 'purpose', purpose: wanted, origin },
    );
  });

  it.each([
    ['a word that is none', 'Storage!', /lower-case letters, digits and "-" only/],
    ['an object that is not closed', '{"net1":"storage"', /annotation berth\.network\/purpose of Pod "shop\/web-0"/],
    ['no words', '{"net1":7}', /net1/],
    ['an empty text', '', /lower-case letters, digits and "-" only/],
  ])('refuses %s', (_, text, says) => {
    expect(refusal(() => sourceOf('net1', { [purpose]: text }))).toMatch(says);
  });

  it('is said once: pools that the Pod names beside it are another word', () => {
    const both = { [purpose]: 'storage', [key('ippool')]: ippool };
    expect(refusal(() => sourceOf('eth0', both))).toMatch(/both say from which pools addresses come/);
  });
});

describe('cleangateway', () => {
  const clean = '[{"interface":"eth0","ipv4":["a"],"cleangateway":true},{"interface":"net1","ipv4":["b"]}]';

  it.each<[string, Record<string, string>, string, boolean, boolean]>([
    ['of the entry', { [key('ippools')]: clean }, 'eth0', false, true],
    ['of another entry', { [key('ippools')]: clean }, 'net1', false, false],
    ['of an entry before that of the network', { [key('ippools')]: clean }, 'net1', true, false],
    ['of the network, where ippool names the pools', { [key('ippool')]: ippool }, 'eth0', true, true],
    ['of the network, where nothing is annotated', {}, 'eth0', true, true],
    ['of nobody', {}, 'eth0', false, false],
  ])('%s', (_whose, annotations, ifname, cleanGateway, expected) => {
    expect(annotatedRequest(request(ifname, { cleanGateway }), facts(annotations)).request.cleanGateway).toBe(expected);
  });
});

describe('an address that is asked for twice', () => {
  const requested = [exactly(parseAddress('10.0.0.5'))];
  const fixed = facts({ 'kube-ipam.ip': '10.0.0.6' });
  const says = (ways: string) =>
    `invalid-config: Pod "shop/web-0": the call asks for 10.0.0.5${ways}, and annotation kube-ipam.ip of Pod "shop/web-0" for 10.0.0.6`;

  it.each<[string, Partial<AllocateRequest>, string]>([
    ['a network', { ipamType: 'ipam-plugin' }, ' (CNI_ARGS, args.cni.ips or runtimeConfig.ips)'],
    ['gRPC', {}, ''],
  ])('is refused, with what may be looked for in a call by %s', (_, call, ways) => {
    expect(refusal(() => annotatedRequest(request('eth0', { requested, ...call }), fixed))).toBe(says(ways));
  });
});
