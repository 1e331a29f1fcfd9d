import { describe, expect, it } from 'vitest';
import type { PodFacts } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { selectPools } from '../../ipam/select/select.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { askedOf } from '../asked.ts';

const key = (name: string) => `ipam.cilium.io/${name}`;

let subnets = 0;
function pool(name: string, spec: object = {}, labels: Labels = {}) {
  const subnet = name.endsWith('6') ? `fd00:${++subnets}::/64` : `10.${++subnets}.0.0/16`;
  return parsePool({
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name, labels },
    spec: { subnet, ...spec },
  });
}

const green = { [key('ip-pool')]: 'green' };
const pools = [
  pool('anyone-4', { default: true }),
  pool('anyone-6', { default: true }),
  pool('blue'),
  pool('green-10-20-4', {}, green),
  pool('green-10-30-4', {}, green),
  pool('green-6', {}, green),
  pool('six6'),
  pool('web-4', { default: true, podAffinity: { matchLabels: { app: 'web' } } }),
];
const request: AllocateRequest = {
  attachment: { network: 'cilium', containerId: 'c1', ifname: 'eth0' },
  pod: { namespace: 'shop', name: 'web-0', uid: 'u1' },
  netns: '',
  source: { kind: 'default' },
  families: [],
  requested: [],
};

interface Given {
  readonly pod?: Labels;
  readonly namespace?: Labels;
  readonly labels?: Labels;
  readonly request?: Partial<AllocateRequest>;
}

/** The pools of each family, in the order in which they are tried: `4: blue; 6: six6`. */
function chosen({ pod = {}, namespace = {}, labels = {}, request: more }: Given): string {
  const facts: PodFacts = {
    pod: { labels, annotations: pod },
    namespace: { labels: {}, annotations: namespace },
    node: { labels: {} },
  };
  const here = { node: 'node1', places: {}, usualQuota: undefined };
  const { request: asked, consumer } = askedOf({ ...request, ...more }, { facts, own: facts.pod }, here);
  const { source, families, requested } = asked;
  if (source.kind === 'ranges' || source.kind === 'automatic') throw new Error(`nobody asks for ${source.kind}`);
  const selected = selectPools({ source, families, requested, consumer }, pools);
  return selected.map(({ family, candidates }) => `${family}: ${candidates.map(({ name }) => name)}`).join('; ');
}

function refusal(given: Given): string {
  try {
    return chosen(given);
  } catch (error) {
    if (error instanceof IpamError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('ipam.cilium.io/ip-pool', () => {
  it.each<[string, Given, string]>([
    ['names the pool of its own name', { pod: { [key('ip-pool')]: 'blue' } }, '4: blue'],
    [
      'names the pools that have it as a label, of each subnet and family',
      { pod: { [key('ip-pool')]: 'green' } },
      '4: green-10-20-4,green-10-30-4; 6: green-6',
    ],
    ['of the Pod wins over its namespace', { pod: { [key('ip-pool')]: 'blue' }, namespace: green }, '4: blue'],
    ['of the namespace speaks where the Pod says nothing', { namespace: { [key('ip-pool')]: 'blue' } }, '4: blue'],
    ['that is empty names none', { pod: { [key('ip-pool')]: '' }, namespace: { [key('ip-pool')]: 'blue' } }, '4: blue'],
    [
      'gives way to the key of the family',
      { pod: { [key('ip-pool')]: 'green', [key('ipv4-pool')]: 'blue' } },
      '4: blue; 6: green-6',
    ],
    [
      'of one family leaves the other to the namespace',
      { pod: { [key('ipv6-pool')]: 'six6' }, namespace: { [key('ip-pool')]: 'blue' } },
      '4: blue; 6: six6',
    ],
    [
      'of one family, alone, leaves the other to the default pools',
      { pod: { [key('ipv6-pool')]: 'six6' } },
      '4: anyone-4; 6: six6',
    ],
    [
      'wins over pools that the network names',
      { pod: { [key('ip-pool')]: 'blue' }, request: { source: { kind: 'named', pools: ['anyone-4'] } } },
      '4: blue',
    ],
    [
      'is not for another interface: Cilium sets up eth0',
      {
        pod: { [key('ip-pool')]: 'blue' },
        request: { attachment: { ...request.attachment, ifname: 'net1' }, source: { kind: 'named', pools: ['six6'] } },
      },
      '6: six6',
    ],
  ])('%s', (_, given, pools) => expect(chosen(given)).toBe(pools));

  it.each<[string, Given, string]>([
    [
      'a pool that is not there',
      { pod: { [key('ip-pool')]: 'red' } },
      'not-found: no IPv4 pool to allocate from (annotation ipam.cilium.io/ip-pool of Pod "shop/web-0"): "red" does not exist',
    ],
    [
      'a pool of the other family',
      { pod: { [key('ipv4-pool')]: 'six6' } },
      'not-found: no IPv4 pool to allocate from (annotation ipam.cilium.io/ipv4-pool of Pod "shop/web-0"): "six6" is an IPv6 pool',
    ],
    [
      'one of two pools that is not there',
      { pod: { [key('ipv4-pool')]: 'blue', [key('ipv6-pool')]: 'later' } },
      'not-found: no IPv6 pool to allocate from (annotation ipam.cilium.io/ipv4-pool of Pod "shop/web-0" and annotation ipam.cilium.io/ipv6-pool of Pod "shop/web-0"): "later" does not exist',
    ],
    [
      'a family that the network demands and the pool has not',
      { pod: { [key('ip-pool')]: 'blue' }, request: { families: [4, 6] } },
      'not-found: no IPv6 pool to allocate from (annotation ipam.cilium.io/ip-pool of Pod "shop/web-0"): "blue" is an IPv4 pool',
    ],
    [
      'what is no name',
      { namespace: { [key('ip-pool')]: 'a, b' } },
      'invalid-config: annotation ipam.cilium.io/ip-pool of namespace "shop": "a, b" is not a valid name of a pool',
    ],
    [
      'pools that are named by another dialect as well',
      { pod: { [key('ip-pool')]: 'blue', 'ipam.spidernet.io/ippool': '{"ipv4":["blue"]}' } },
      'invalid-config: Pod "shop/web-0": Cilium and Spiderpool both say from which pools addresses come',
    ],
  ])('refuses %s', (_, given, says) => expect(refusal(given)).toBe(says));
});

describe('ipam.cilium.io/require-pool-match', () => {
  const strict = { [key('require-pool-match')]: 'true' };
  const refused = (whose: string) =>
    `"anyone-4" is for everybody, and the annotation ipam.cilium.io/require-pool-match of ${whose} wants one for Pods or namespaces that it selects`;

  it.each<[string, Given, string]>([
    [
      'is met by a pool that selects the Pod',
      { pod: strict, labels: { app: 'web' }, request: { families: [4] } },
      '4: web-4',
    ],
    ['is met by a pool that is named', { pod: { ...strict, ...green } }, '4: green-10-20-4,green-10-30-4; 6: green-6'],
    [
      'is no with any other text than "true"',
      { pod: { [key('require-pool-match')]: 'yes' } },
      '4: anyone-4; 6: anyone-6',
    ],
    [
      'speaks of families that are not named only',
      { pod: { ...strict, [key('ipv6-pool')]: 'six6' }, labels: { app: 'web' } },
      '4: web-4; 6: six6',
    ],
  ])('%s', (_, given, pools) => expect(chosen(given)).toBe(pools));

  it.each<[string, Given, string]>([
    ['of the Pod', { pod: strict }, 'Pod "shop/web-0"'],
    ['of its namespace', { namespace: strict }, 'namespace "shop"'],
  ])('%s refuses pools that are for everybody', (_, given, whose) => expect(refusal(given)).toContain(refused(whose)));

  it('without it the default pools are taken, in their order behind those that select the Pod', () => {
    expect(chosen({ labels: { app: 'web' } })).toBe('4: web-4,anyone-4; 6: anyone-6');
  });
});
