import { type Family, familyBits, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
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

/** What `gobgpd -t yaml -f` reads, and what has to be said to it once it runs. */
export interface GobgpRendered {
  readonly config: object;
  /** Its configuration file cannot announce anything: commands of its own client. */
  readonly commands: readonly string[];
  readonly notes: readonly string[];
}

/** For GoBGP 3. */
export function gobgpConfig(speaker: Speaker): GobgpRendered {
  const { asn, routerId, peers, settings } = speaker;
  const policies = families.flatMap((family) => policiesOf(speaker, family));
  const names = (way: 'in' | 'out') => policies.filter((policy) => policy.way === way).map(({ name }) => name);
  const config = {
    global: {
      config: { as: asn, 'router-id': formatAddress(routerId) },
      'use-multiple-paths': { config: { enabled: settings.maxPaths > 1 } },
      'apply-policy': {
        config: {
          'import-policy-list': names('in'),
          'default-import-policy': 'reject-route',
          'export-policy-list': names('out'),
          'default-export-policy': 'reject-route',
        },
      },
    },
    neighbors: peers.map((peer) => neighborOf(speaker, peer)),
    'defined-sets': { 'prefix-sets': prefixSets(speaker), 'neighbor-sets': neighborSets(speaker) },
    'policy-definitions': policies.map(({ name, statements }) => ({ name, statements })),
  };
  const announced = [...speaker.prefixes, ...speaker.aggregates, ...speaker.hosts.map(hostPrefix)];
  return {
    config,
    commands: announced.map(
      (prefix) => `gobgp global rib add -a ipv${prefix.address.family} ${formatPrefix(prefix)} origin igp`,
    ),
    notes: [
      ...(announced.length === 0 ? [] : ['its file announces nothing: the commands do, after each start']),
      ...(peers.some(({ bfd }) => bfd) ? ['it has no BFD: a peer is missed when the hold time is over'] : []),
      'it puts routes into the kernel through zebra alone',
    ],
  };
}

function neighborOf({ settings }: Speaker, { name, address, asn, source }: Peer): object {
  const { holdSeconds, gracefulRestartSeconds: restart, maxPrefixes } = settings;
  const isRestarting = restart !== undefined;
  return {
    config: { 'neighbor-address': formatAddress(address), 'peer-as': asn, description: name },
    timers: {
      config: {
        'connect-retry': 5,
        'hold-time': holdSeconds,
        'keepalive-interval': Math.max(1, Math.floor(holdSeconds / 3)),
      },
    },
    ...(source === undefined ? {} : { transport: { config: { 'local-address': formatAddress(source) } } }),
    ...(isRestarting ? { 'graceful-restart': { config: { enabled: true, 'restart-time': restart } } } : {}),
    'afi-safis': [
      {
        config: { 'afi-safi-name': `ipv${address.family}-unicast` },
        ...(isRestarting ? { 'mp-graceful-restart': { config: { enabled: true } } } : {}),
        'prefix-limit': { config: { 'max-prefixes': maxPrefixes, 'restart-timer': 60 } },
      },
    ],
  };
}

function prefixSets(speaker: Speaker): readonly object[] {
  const { within, prefixes, aggregates } = speaker;
  const announced = announcedOf(speaker);
  return families.flatMap((family) => [
    ...prefixSet('within', family, within, true),
    ...prefixSet('announced', family, announced.prefixes, announced.isDeep),
    ...prefixSet('own', family, prefixes, true),
    ...prefixSet('aggregates', family, aggregates, false),
    ...prefixSet('aggregated', family, aggregates, true),
  ]);
}

function prefixSet(name: string, family: Family, prefixes: readonly Prefix[], isDeep: boolean): readonly object[] {
  const chosen = ofFamily(prefixes, family);
  if (chosen.length === 0) return [];
  const list = chosen.map((prefix) => ({
    'ip-prefix': formatPrefix(prefix),
    'masklength-range': `${prefix.length}..${isDeep ? familyBits(family) : prefix.length}`,
  }));
  return [{ 'prefix-set-name': `${name}${family}`, 'prefix-list': list }];
}

const sides: readonly Side[] = ['up', 'down', 'across'];

function neighborSets({ peers }: Speaker): readonly object[] {
  return sides.flatMap((side) => {
    const addresses = peers.filter((peer) => peer.side === side).map(({ address }) => formatAddress(address));
    return addresses.length === 0 ? [] : [{ 'neighbor-set-name': side, 'neighbor-info-list': addresses }];
  });
}

interface Policy {
  readonly name: string;
  readonly way: 'in' | 'out';
  readonly statements: readonly object[];
}

function policiesOf(speaker: Speaker, family: Family): readonly Policy[] {
  if (!familiesOf(speaker).includes(family)) return [];
  const has = (some: readonly Prefix[]): boolean => ofFamily(some, family).length > 0;
  const { within, prefixes, aggregates, peers } = speaker;
  const taken = has(within) ? [['within', true] as const] : [];
  const told = has(announcedOf(speaker).prefixes) ? [['announced', true] as const] : [];
  const received = [...(has(prefixes) ? [['own', false] as const] : []), ...taken];
  const isUp = peers.some(({ side }) => side === 'up');
  const upward =
    isUp && has(aggregates)
      ? ([
          ['aggregates', true],
          ['aggregated', false],
        ] as const)
      : [];
  const statement = (name: string, set: string, isAccepted: boolean, side?: Side) => ({
    name,
    conditions: {
      'match-prefix-set': { 'prefix-set': `${set}${family}`, 'match-set-options': 'any' },
      ...(side === undefined ? {} : { 'match-neighbor-set': { 'neighbor-set': side, 'match-set-options': 'any' } }),
    },
    actions: { 'route-disposition': isAccepted ? 'accept-route' : 'reject-route' },
  });
  const policy = (name: string, way: 'in' | 'out', statements: readonly object[]): readonly Policy[] =>
    statements.length === 0 ? [] : [{ name, way, statements }];
  return [
    ...policy(
      `received${family}`,
      'in',
      received.map(([set, isAccepted]) => statement(`received${family}-${set}`, set, isAccepted)),
    ),
    ...policy(`announced${family}`, 'out', [
      ...upward.map(([set, isAccepted]) => statement(`announced${family}-${set}`, set, isAccepted, 'up')),
      ...told.map(([set, isAccepted]) => statement(`announced${family}-${set}`, set, isAccepted)),
    ]),
  ];
}
