import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { identifiersOf } from './identifiers.ts';
import { type Policy, type PrefixSet, policiesOf, type Rule, rulesTo } from './policy.ts';
import { braced, headerOf, inner, type Rendered } from './rendered.ts';
import { hostPrefix, keepaliveSeconds, ofFamily, type Peer, type Speaker } from './speaker.ts';

/**
 * The whole configuration file of BIRD 2.
 * Own prefixes are in the kernel as unreachable, below the routes to Pods; single addresses are announced only: the kernel has
 * the way to them from whoever made the interface.
 */
export function birdConfig(speaker: Speaker): Rendered {
  const { name, routerId, settings } = speaker;
  const restart = settings.gracefulRestartSeconds;
  const sections = [
    [headerOf(name), `router id ${formatAddress(routerId)};`, 'log syslog all;'],
    restart === undefined ? [] : [`graceful restart wait ${restart};`],
    [...braced('protocol device', ['scan time 10;'])],
    ...policiesOf(speaker).map((policy) => familySection(speaker, policy)),
    bfdSection(speaker),
    ...peerSections(speaker),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return { text: `${text.join('\n\n')}\n`, notes: [] };
}

function familySection(speaker: Speaker, policy: Policy): readonly string[] {
  const { family, sets, received, sides } = policy;
  const prefixes = [...ofFamily(speaker.prefixes, family), ...ofFamily(speaker.aggregates, family)];
  const hosts = ofFamily(speaker.hosts.map(hostPrefix), family);
  return [
    ...sets.map((set) => setOf(set, family)),
    ...statics(`prefixes${family}`, family, prefixes),
    ...statics(`hosts${family}`, family, hosts),
    ...braced(`protocol kernel kernel${family}`, [
      ...inner(channel(family), ['import none;', ...inner('export filter', kernelExport(family))]),
      `merge paths yes limit ${speaker.settings.maxPaths};`,
      'scan time 10;',
      // What was learned stays while this is started anew.
      'persist;',
    ]),
    ...filterOf(`received${family}`, received, family),
    ...sides.flatMap((side) => filterOf(`to_${side}${family}`, rulesTo(side, policy), family)),
  ];
}

const channel = (family: Family): string => `ipv${family}`;

function kernelExport(family: Family): readonly string[] {
  return [`if proto = "hosts${family}" then reject;`, 'accept;'];
}

function setOf({ name, prefixes, isDeep }: PrefixSet, family: Family): string {
  const members = prefixes.map((prefix) => `${formatPrefix(prefix)}${isDeep ? '+' : ''}`);
  return `define ${wordOf(name, family)} = [ ${members.join(', ')} ];`;
}

function wordOf(set: PrefixSet['name'], family: Family): string {
  return `${set.toUpperCase()}${family}`;
}

function statics(name: string, family: Family, prefixes: readonly Prefix[]): readonly string[] {
  if (prefixes.length === 0) return [];
  const routes = prefixes.map((prefix) => `route ${formatPrefix(prefix)} unreachable;`);
  return braced(`protocol static ${name}`, [`${channel(family)};`, ...routes]);
}

function filterOf(name: string, rules: readonly Rule[], family: Family): readonly string[] {
  const lines = rules.map(({ set, isAccepted }) => {
    // Nothing of the kernel's, whatever else is put there.
    const only = set === 'announced' ? ' && source ~ [ RTS_STATIC, RTS_BGP ]' : '';
    return `if net ~ ${wordOf(set, family)}${only} then ${isAccepted ? 'accept' : 'reject'};`;
  });
  return braced(`filter ${name}`, [...lines, 'reject;']);
}

function bfdSection({ peers, settings: { bfd } }: Speaker): readonly string[] {
  if (!peers.some((peer) => peer.bfd)) return [];
  const { intervalMs, multiplier } = bfd;
  const interval = [
    `min rx interval ${intervalMs} ms;`,
    `min tx interval ${intervalMs} ms;`,
    `idle tx interval ${Math.max(intervalMs, 1_000)} ms;`,
    `multiplier ${multiplier};`,
  ];
  return braced('protocol bfd', inner('interface "*"', interval));
}

function peerSections(speaker: Speaker): readonly (readonly string[])[] {
  const identifiers = identifiersOf(speaker.peers.map(({ name }) => name));
  return speaker.peers.map((peer) =>
    peerSection(speaker, peer, `bgp_${identifiers.get(peer.name)}${peer.address.family === 6 ? '_6' : ''}`),
  );
}

function peerSection({ asn, settings }: Speaker, peer: Peer, identifier: string): readonly string[] {
  const { family } = peer.address;
  const { holdSeconds, gracefulRestartSeconds: restart, maxPrefixes } = settings;
  const own = peer.source === undefined ? '' : `${formatAddress(peer.source)} `;
  return braced(`protocol bgp ${identifier}`, [
    `description "${peer.name.replaceAll('"', "'")}";`,
    `local ${own}as ${asn};`,
    `neighbor ${formatAddress(peer.address)} as ${peer.asn};`,
    `hold time ${holdSeconds};`,
    `keepalive time ${keepaliveSeconds(settings)};`,
    'connect retry time 5;',
    'connect delay time 1;',
    'error wait time 1, 30;',
    ...(peer.bfd ? ['bfd on;'] : []),
    ...(restart === undefined
      ? ['graceful restart off;']
      : ['graceful restart on;', `graceful restart time ${restart};`]),
    ...inner(channel(family), [
      `import filter received${family};`,
      `import limit ${maxPrefixes} action restart;`,
      `export filter to_${peer.side}${family};`,
      'next hop self;',
    ]),
  ]);
}
