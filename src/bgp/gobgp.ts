import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { deepest, type Policy, type PrefixSet, policiesOf, type Rule } from './policy.ts';
import { hostPrefix, keepaliveSeconds, type Peer, type Side, type Speaker } from './speaker.ts';

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
  const policies = policiesOf(speaker);
  const definitions = policies.flatMap(definitionsOf);
  const names = (way: 'in' | 'out') => definitions.filter((one) => one.way === way).map(({ name }) => name);
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
    'defined-sets': {
      'prefix-sets': policies.flatMap(({ sets, family }) => sets.map((set) => prefixSet(set, family))),
      'neighbor-sets': neighborSets(speaker),
    },
    'policy-definitions': definitions.map(({ name, statements }) => ({ name, statements })),
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
        'keepalive-interval': keepaliveSeconds(settings),
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

function prefixSet(set: PrefixSet, family: Family): object {
  return {
    'prefix-set-name': `${set.name}${family}`,
    'prefix-list': set.prefixes.map((prefix) => ({
      'ip-prefix': formatPrefix(prefix),
      'masklength-range': `${prefix.length}..${deepest(set, prefix) ?? prefix.length}`,
    })),
  };
}

const sides: readonly Side[] = ['up', 'down', 'across'];

function neighborSets({ peers }: Speaker): readonly object[] {
  return sides.flatMap((side) => {
    const addresses = peers.filter((peer) => peer.side === side).map(({ address }) => formatAddress(address));
    return addresses.length === 0 ? [] : [{ 'neighbor-set-name': side, 'neighbor-info-list': addresses }];
  });
}

interface Definition {
  readonly name: string;
  readonly way: 'in' | 'out';
  readonly statements: readonly object[];
}

function definitionsOf({ family, received, upward, announced }: Policy): readonly Definition[] {
  const statement = (name: string, { set, isAccepted }: Rule, side?: Side) => ({
    name: `${name}-${set}`,
    conditions: {
      'match-prefix-set': { 'prefix-set': `${set}${family}`, 'match-set-options': 'any' },
      ...(side === undefined ? {} : { 'match-neighbor-set': { 'neighbor-set': side, 'match-set-options': 'any' } }),
    },
    actions: { 'route-disposition': isAccepted ? 'accept-route' : 'reject-route' },
  });
  const [inward, outward] = [`received${family}`, `announced${family}`];
  const definitions: readonly Definition[] = [
    { name: inward, way: 'in', statements: received.map((rule) => statement(inward, rule)) },
    {
      name: outward,
      way: 'out',
      statements: [
        ...upward.map((rule) => statement(outward, rule, 'up')),
        ...announced.map((rule) => statement(outward, rule)),
      ],
    },
  ];
  return definitions.filter(({ statements }) => statements.length > 0);
}
