import { type Family, familyBits, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { headerOf, type Rendered } from './rendered.ts';
import {
  announcedOf,
  families,
  familiesOf,
  hostPrefix,
  ofFamily,
  type Peer,
  type Side,
  type Speaker,
} from './speaker.ts';

/**
 * The whole `frr.conf`, for FRR 8 and later, whose daemons bgpd, zebra, staticd and bfdd run.
 * A single address is announced while the kernel has a route to it: whoever makes the interface makes that route.
 */
export function frrConfig(speaker: Speaker): Rendered {
  const own = [...speaker.prefixes, ...speaker.aggregates];
  const sections = [
    [headerOf(speaker.name, '!'), 'frr defaults traditional', `hostname ${speaker.name}`, 'log syslog informational'],
    families.flatMap((family) => listsOf(speaker, family)),
    own.map((prefix) => `${word(prefix.address.family)} route ${formatPrefix(prefix)} reject`),
    bfdProfile(speaker),
    routerSection(speaker),
    familiesOf(speaker).flatMap((family) => routeMaps(speaker, family)),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const hosts =
    speaker.hosts.length === 0 ? [] : ['a single address is announced while the kernel of the node has a route to it'];
  return { text: `${text.join('\n!\n')}\n!\nend\n`, notes: hosts };
}

const word = (family: Family): string => (family === 4 ? 'ip' : 'ipv6');
const profile = 'berth';

function listsOf(speaker: Speaker, family: Family): readonly string[] {
  const { within, prefixes, aggregates } = speaker;
  const announced = announcedOf(speaker);
  return [
    ...prefixList('WITHIN', family, within, true),
    ...prefixList('ANNOUNCED', family, announced.prefixes, announced.isDeep),
    ...prefixList('OWN', family, prefixes, true),
    ...prefixList('AGGREGATES', family, aggregates, false),
    ...prefixList('AGGREGATED', family, aggregates, true),
  ];
}

/** @param isDeep and all that is within them */
function prefixList(name: string, family: Family, prefixes: readonly Prefix[], isDeep: boolean): readonly string[] {
  return ofFamily(prefixes, family).map((prefix, index) => {
    const deeper = isDeep && prefix.length < familyBits(family) ? ` le ${familyBits(family)}` : '';
    return `${word(family)} prefix-list ${name}${family} seq ${(index + 1) * 5} permit ${formatPrefix(prefix)}${deeper}`;
  });
}

function bfdProfile({ peers, settings: { bfd } }: Speaker): readonly string[] {
  if (!peers.some((peer) => peer.bfd)) return [];
  const { intervalMs, multiplier } = bfd;
  return [
    'bfd',
    ` profile ${profile}`,
    `  detect-multiplier ${multiplier}`,
    `  receive-interval ${intervalMs}`,
    `  transmit-interval ${intervalMs}`,
    ' exit',
    'exit',
  ];
}

function routerSection(speaker: Speaker): readonly string[] {
  const { asn, routerId, peers, settings } = speaker;
  const { holdSeconds, gracefulRestartSeconds: restart } = settings;
  return [
    `router bgp ${asn}`,
    ` bgp router-id ${formatAddress(routerId)}`,
    ' bgp log-neighbor-changes',
    ' no bgp default ipv4-unicast',
    // Ways over two leaves of different AS are of equal cost.
    ' bgp bestpath as-path multipath-relax',
    ' bgp network import-check',
    ...(restart === undefined ? [] : [' bgp graceful-restart', ` bgp graceful-restart restart-time ${restart}`]),
    ` timers bgp ${Math.max(1, Math.floor(holdSeconds / 3))} ${holdSeconds}`,
    ...peers.flatMap(neighborLines).map((line) => ` ${line}`),
    ...familiesOf(speaker).flatMap((family) => addressFamily(speaker, family)),
    'exit',
  ];
}

function neighborLines({ name, address, asn, bfd, source }: Peer): readonly string[] {
  const neighbor = `neighbor ${formatAddress(address)}`;
  return [
    `${neighbor} remote-as ${asn}`,
    `${neighbor} description ${name}`,
    ...(source === undefined ? [] : [`${neighbor} update-source ${formatAddress(source)}`]),
    `${neighbor} timers connect 5`,
    `${neighbor} advertisement-interval 0`,
    ...(bfd ? [`${neighbor} bfd`, `${neighbor} bfd profile ${profile}`] : []),
  ];
}

function addressFamily(speaker: Speaker, family: Family): readonly string[] {
  const { peers, settings } = speaker;
  const announced = [...speaker.prefixes, ...speaker.aggregates, ...speaker.hosts.map(hostPrefix)];
  return [
    ` address-family ipv${family} unicast`,
    ...ofFamily(announced, family).map((prefix) => `  network ${formatPrefix(prefix)}`),
    ...peers
      .filter(({ address }) => address.family === family)
      .flatMap(({ address, side }) => {
        const neighbor = `  neighbor ${formatAddress(address)}`;
        return [
          `${neighbor} activate`,
          `${neighbor} maximum-prefix ${settings.maxPrefixes} restart 1`,
          `${neighbor} route-map received${family} in`,
          `${neighbor} route-map to_${side}${family} out`,
        ];
      }),
    `  maximum-paths ${settings.maxPaths}`,
    ' exit-address-family',
  ];
}

function routeMaps(speaker: Speaker, family: Family): readonly string[] {
  const { within, prefixes, aggregates, peers } = speaker;
  const has = (some: readonly Prefix[]): boolean => ofFamily(some, family).length > 0;
  const taken = has(within) ? [['permit', 'WITHIN'] as const] : [];
  const told = has(announcedOf(speaker).prefixes) ? [['permit', 'ANNOUNCED'] as const] : [];
  const sides = [...new Set(peers.filter(({ address }) => address.family === family).map(({ side }) => side))].sort();
  const outward = (side: Side) => [
    ...(side === 'up' && has(aggregates)
      ? ([
          ['permit', 'AGGREGATES'],
          ['deny', 'AGGREGATED'],
        ] as const)
      : []),
    ...told,
  ];
  return [
    ...routeMap(`received${family}`, family, [...(has(prefixes) ? [['deny', 'OWN'] as const] : []), ...taken]),
    ...sides.flatMap((side) => routeMap(`to_${side}${family}`, family, outward(side))),
  ];
}

/** What no rule names is refused. */
function routeMap(
  name: string,
  family: Family,
  rules: readonly (readonly ['permit' | 'deny', string])[],
): readonly string[] {
  const lines = rules.flatMap(([does, list], index) => [
    `route-map ${name} ${does} ${(index + 1) * 10}`,
    ` match ${word(family)} address prefix-list ${list}${family}`,
    'exit',
  ]);
  return [...lines, `route-map ${name} deny 1000`, 'exit'];
}
