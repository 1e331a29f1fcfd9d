import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { identifiersOf } from './identifiers.ts';
import { braced, headerOf, inner, type Rendered } from './rendered.ts';
import { announcedOf, familiesOf, hostPrefix, ofFamily, type Peer, type Side, type Speaker } from './speaker.ts';

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
    ...familiesOf(speaker).map((family) => familySection(speaker, family)),
    bfdSection(speaker),
    ...peerSections(speaker),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return { text: `${text.join('\n\n')}\n`, notes: [] };
}

function familySection(speaker: Speaker, family: Family): readonly string[] {
  const prefixes = [...ofFamily(speaker.prefixes, family), ...ofFamily(speaker.aggregates, family)];
  const hosts = ofFamily(speaker.hosts.map(hostPrefix), family);
  const announced = announcedOf(speaker);
  return [
    ...setOf(`WITHIN${family}`, ofFamily(speaker.within, family), '+'),
    ...setOf(`ANNOUNCED${family}`, ofFamily(announced.prefixes, family), announced.isDeep ? '+' : ''),
    ...setOf(`OWN${family}`, ofFamily(speaker.prefixes, family), '+'),
    ...setOf(`AGGREGATES${family}`, ofFamily(speaker.aggregates, family), ''),
    ...setOf(`AGGREGATED${family}`, ofFamily(speaker.aggregates, family), '+'),
    ...statics(`prefixes${family}`, family, prefixes),
    ...statics(`hosts${family}`, family, hosts),
    ...braced(`protocol kernel kernel${family}`, [
      ...inner(channel(family), ['import none;', ...inner('export filter', kernelExport(family))]),
      `merge paths yes limit ${speaker.settings.maxPaths};`,
      'scan time 10;',
      // What was learned stays while this is started anew.
      'persist;',
    ]),
    ...filterOf(`received${family}`, importRules(speaker, family)),
    ...sidesOf(speaker).flatMap((side) => filterOf(`to_${side}${family}`, exportRules(speaker, family, side))),
  ];
}

const channel = (family: Family): string => `ipv${family}`;

function kernelExport(family: Family): readonly string[] {
  return [`if proto = "hosts${family}" then reject;`, 'accept;'];
}

/** @param suffix `+`: and all within */
function setOf(name: string, prefixes: readonly Prefix[], suffix: string): readonly string[] {
  if (prefixes.length === 0) return [];
  return [`define ${name} = [ ${prefixes.map((prefix) => `${formatPrefix(prefix)}${suffix}`).join(', ')} ];`];
}

function statics(name: string, family: Family, prefixes: readonly Prefix[]): readonly string[] {
  if (prefixes.length === 0) return [];
  const routes = prefixes.map((prefix) => `route ${formatPrefix(prefix)} unreachable;`);
  return braced(`protocol static ${name}`, [`${channel(family)};`, ...routes]);
}

function filterOf(name: string, rules: readonly string[]): readonly string[] {
  return braced(`filter ${name}`, rules);
}

function importRules({ within, prefixes }: Speaker, family: Family): readonly string[] {
  return [
    ...(ofFamily(prefixes, family).length === 0 ? [] : [`if net ~ OWN${family} then reject;`]),
    ...(ofFamily(within, family).length === 0 ? [] : [`if net ~ WITHIN${family} then accept;`]),
    'reject;',
  ];
}

function exportRules(speaker: Speaker, family: Family, side: Side): readonly string[] {
  const isAggregated = side === 'up' && ofFamily(speaker.aggregates, family).length > 0;
  const announced = ofFamily(announcedOf(speaker).prefixes, family);
  return [
    ...(isAggregated ? [`if net ~ AGGREGATES${family} then accept;`, `if net ~ AGGREGATED${family} then reject;`] : []),
    ...(announced.length === 0 ? [] : [`if net ~ ANNOUNCED${family} && source ~ [ RTS_STATIC, RTS_BGP ] then accept;`]),
    'reject;',
  ];
}

function sidesOf({ peers }: Speaker): readonly Side[] {
  return [...new Set(peers.map(({ side }) => side))].sort();
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
    `keepalive time ${Math.max(1, Math.floor(holdSeconds / 3))};`,
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
