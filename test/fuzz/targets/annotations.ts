import { annotatedRequest, interfaceNetwork } from '../../../src/dialects/annotated-request.ts';
import { withRoutes } from '../../../src/ipam/interface-routes.ts';
import type { AllocateRequest } from '../../../src/ipam/request.ts';
import type { SelectSource } from '../../../src/ipam/select/candidates.ts';
import { selectPools } from '../../../src/ipam/select/select.ts';
import { type Pool, type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../../../src/resources/pool.ts';
import { refusedOr, requireSame, requireThat } from '../expected.ts';
import type { Target } from '../target.ts';

/** A byte that is in no UTF-8 text, between the annotations. */
const separator = 0xff;
/** In front of an annotation of the namespace. */
const ofNamespace = 'namespace ';

const ours = ['ippools', 'ippool', 'routes', 'subnet', 'subnets', 'default-ipv4-ippool', 'default-ipv6-ippool'];
const multus = ['k8s.v1.cni.cncf.io/networks', 'v1.multus-cni.io/default-network'];
const web = { matchLabels: { app: 'web' } };
const specs: Readonly<Record<string, PoolSpec>> = {
  a4: { subnet: '10.0.0.0/24', gateway: '10.0.0.1', default: true },
  b4: { subnet: '10.1.0.0/24', podAffinity: web, vlan: 5 },
  c4: { subnet: '10.2.0.0/24', multusName: ['shop/lan'], vlan: 0 },
  off4: { subnet: '10.3.0.0/24', disable: true },
  a6: { subnet: 'fd00::/64', gateway: 'fd00::1', default: true },
  b6: { subnet: 'fd01::/64', namespaceName: ['shop'], vlan: 5 },
};
const pools: readonly Pool[] = Object.entries(specs).map(([name, spec]) =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec }),
);

const pod = { namespace: 'shop', name: 'web-0', uid: '' };

/** Annotations of a Pod and its namespace: from texts to the pools and routes of each interface, or to a refusal. */
export const annotations: Target = {
  name: 'annotations',
  dictionary: [
    ...ours.map((name) => `ipam.spidernet.io/${name}=`),
    ...multus.map((name) => `${name}=`),
    ofNamespace,
    ...['"ipv4":', '"ipv6":', '"interface":', '"cleangateway":', '"dst":', '"gw":', '"ipv4pools":', '"name":'],
    ...['"eth0"', '"net1"', '"data0"', '"a4"', '"b4"', '"c4"', '"off4"', '"a6"', '"b6"', '"*"', '"?4"', '"[ab]4"'],
    ...['"[^a]*"', '"["', '"[a-"', '"\\\\"', '"__proto__"', '"10.9.0.0/16"', '"10.0.0.9"', '"0.0.0.0/0"', '"::/0"'],
    ...['"fd00::9"', 'shop/lan@data0', 'lan', ',', ';', '@', '/', '{', '}', '[', ']', '[]', '{}', 'null', 'true', '7'],
  ],
  run: (input) => {
    const facts = factsOf(input);
    const words = ['eth0', 'net1', 'data0'].map((ifname) => {
      const outcome = refusedOr(() => allocated(ifname, facts));
      requireSame(
        'the same twice',
        outcome,
        refusedOr(() => allocated(ifname, facts)),
      );
      return 'refused' in outcome ? outcome.refused : outcome.made;
    });
    return words.join(' | ');
  },
};

type Facts = ReturnType<typeof factsOf>;

/** What one interface would get, in a word. */
function allocated(ifname: string, facts: Facts): string {
  const request: AllocateRequest = {
    attachment: { network: 'net', containerId: 'c1', ifname },
    pod,
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
    defaultRoute: true,
  };
  const { request: asked } = annotatedRequest(request, facts);
  const { source } = asked;
  interfaceNetwork(pod, ifname, facts);
  const wants = selectPools(
    {
      source: source as SelectSource,
      families: [],
      requested: [],
      consumer: { node: 'node1', ifname, pod, facts, interfaceNetwork: () => interfaceNetwork(pod, ifname, facts) },
    },
    pools,
  );
  return wants
    .map(({ family, candidates, rejected }) => {
      requireThat(candidates.length > 0, 'no candidate and no refusal', source);
      for (const pool of candidates) requireThat(!pool.disabled && pool.family === family, 'a wrong pool', pool.name);
      for (const { reason } of rejected) requireThat(reason() !== '', 'a rejection without a reason', rejected);
      const [address, prefixLength, gateway] = family === 4 ? ['10.0.0.9', 24, '10.0.0.1'] : ['fd00::9', 64, 'fd00::1'];
      const held = { address, prefixLength, gateway, pool: 'a', routes: [] } as const;
      const given = withRoutes(held as Parameters<typeof withRoutes>[0], asked);
      const defaults = given.routes.filter(({ dst }) => dst.endsWith('/0'));
      requireThat(given.gateway !== undefined || asked.cleanGateway === true, 'a gateway went', given);
      requireThat(given.gateway === undefined || defaults.length > 0, 'no default route', given);
      return `${candidates.map(({ name }) => name)} without ${rejected.length}, ${given.routes.length} routes`;
    })
    .join(', ');
}

function factsOf(input: Buffer) {
  const [ofPod, ofHome] = [new Map<string, string>(), new Map<string, string>()];
  for (let at = 0; at < input.length; ) {
    const end = input.indexOf(separator, at);
    const text = input.subarray(at, end < 0 ? input.length : end).toString();
    const isHome = text.startsWith(ofNamespace);
    const pair = isHome ? text.slice(ofNamespace.length) : text;
    const equals = pair.indexOf('=');
    if (equals > 0) (isHome ? ofHome : ofPod).set(pair.slice(0, equals), pair.slice(equals + 1));
    at = end < 0 ? input.length : end + 1;
  }
  return {
    pod: { labels: { app: 'web' }, annotations: Object.fromEntries(ofPod) },
    namespace: { labels: {}, annotations: Object.fromEntries(ofHome) },
    node: { labels: {} },
  };
}
