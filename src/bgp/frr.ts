import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { deepest, type Policy, type PrefixSet, policiesOf, type Rule, rulesTo } from './policy.ts';
import { headerOf, type Rendered } from './rendered.ts';
import { hostPrefix, keepaliveSeconds, ofFamily, type Peer, type Speaker } from './speaker.ts';

/**
 * The whole `frr.conf`, for FRR 8 and later, whose daemons bgpd, zebra, staticd and bfdd run.
 * A single address is announced while the kernel has a route to it: whoever makes the interface makes that route.
 */
export function frrConfig(speaker: Speaker): Rendered {
  const own = [...speaker.prefixes, ...speaker.aggregates];
  const policies = policiesOf(speaker);
  const sections = [
    [headerOf(speaker.name, '!'), 'frr defaults traditional', `hostname ${speaker.name}`, 'log syslog informational'],
    policies.flatMap(({ sets, family }) => sets.flatMap((set) => prefixList(set, family))),
    own.map((prefix) => `${word(prefix.address.family)} route ${formatPrefix(prefix)} reject`),
    bfdProfile(speaker),
    routerSection(speaker, policies),
    policies.flatMap(routeMaps),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const hosts =
    speaker.hosts.length === 0 ? [] : ['a single address is announced while the kernel of the node has a route to it'];
  return { text: `${text.join('\n!\n')}\n!\nend\n`, notes: hosts };
}

const word = (family: Family): string => (family === 4 ? 'ip' : 'ipv6');
const profile = 'berth';

function prefixList(set: PrefixSet, family: Family): readonly string[] {
  return set.prefixes.map((prefix, index) => {
    const most = deepest(set, prefix);
    const deeper = most === undefined ? '' : ` le ${most}`;
    return `${word(family)} prefix-list ${listName(set.name, family)} seq ${(index + 1) * 5} permit ${formatPrefix(prefix)}${deeper}`;
  });
}

function listName(set: PrefixSet['name'], family: Family): string {
  return `${set.toUpperCase()}${family}`;
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

function routerSection(speaker: Speaker, policies: readonly Policy[]): readonly string[] {
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
    ` timers bgp ${keepaliveSeconds(settings)} ${holdSeconds}`,
    ...peers.flatMap(neighborLines).map((line) => ` ${line}`),
    ...policies.flatMap(({ family }) => addressFamily(speaker, family)),
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

function routeMaps(policy: Policy): readonly string[] {
  const { family, received, sides } = policy;
  return [
    ...routeMap(`received${family}`, family, received),
    ...sides.flatMap((side) => routeMap(`to_${side}${family}`, family, rulesTo(side, policy))),
  ];
}

function routeMap(name: string, family: Family, rules: readonly Rule[]): readonly string[] {
  const lines = rules.flatMap(({ set, isAccepted }, index) => [
    `route-map ${name} ${isAccepted ? 'permit' : 'deny'} ${(index + 1) * 10}`,
    ` match ${word(family)} address prefix-list ${listName(set, family)}`,
    'exit',
  ]);
  return [...lines, `route-map ${name} deny 1000`, 'exit'];
}
