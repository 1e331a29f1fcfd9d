import { parseAddress } from '../../src/ip/address.ts';
import { parsePrefix } from '../../src/ip/prefix.ts';
import type { PoolSource } from '../../src/ipam/request.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import type { Random } from '../kit/random.ts';
import { automaticNetwork } from './automatic.ts';
import { weightsOf } from './emphasis.ts';
import { applicationNetwork, isRestless, applicationAddresses as listed, statefulNetwork } from './identities.ts';
import { machineNetwork } from './machines.ts';
import { storeFaults, type WorldOptions } from './options.ts';

/** How long a released address rests, milliseconds. */
export const cooldownMs = 30_000;

export interface SimNetwork {
  readonly name: string;
  readonly source: PoolSource;
}

/** Pools with room for everybody, in which no address may come back early, and tight ones, in which all is contended: of the
 * crumbs each block has one address, so that blocks are leased and handed back all the time. Odd and even are for half of the Pods each. */
const specs: Readonly<Record<string, PoolSpec>> = {
  blocks4: { subnet: '10.0.0.0/20', blockSize: 28, default: true },
  blocks6: { subnet: 'fd00::/108', blockSize: 120, default: true },
  shared: { subnet: '10.1.0.0/21', gateway: '10.1.0.1' },
  tight: { subnet: '10.2.0.0/28', gateway: '10.2.0.1' },
  crumbs: { subnet: '10.3.0.0/26', blockSize: 30 },
  sets: { subnet: '10.8.0.0/24', gateway: '10.8.0.1' },
  listed: { subnet: '10.9.0.0/27', gateway: '10.9.0.1', fixedIPs: [`${listed.first}-${listed.last}`] },
  machines: { subnet: '10.11.0.0/26', gateway: '10.11.0.1' },
  few: { subnet: '10.12.0.0/24', gateway: '10.12.0.1', namespaceQuota: 4 },
  odd: { subnet: '10.5.0.0/25', podAffinity: { matchLabels: { tier: 'odd' } } },
  even: { subnet: '10.5.1.0/25', podAffinity: { matchLabels: { tier: 'even' } } },
};

/** Where addresses of leased blocks are claimed: of small ones, so that they are handed back and leased by others all the time. */
const ofBlocks: Readonly<Record<string, PoolSpec>> = {
  sets: { subnet: '10.8.0.0/24', blockSize: 29 },
  few: { subnet: '10.12.0.0/24', blockSize: 29, namespaceQuota: 4 },
};
/** In the same pool, and for nobody in particular. */
const besideNetwork = 'beside';
/** With a quota that many want to be within. */
const quotaNetwork = 'limited';
export const limitedPool = 'few';

export const roomyPools: ReadonlySet<string> = new Set(['blocks4', 'blocks6', 'shared']);

/**
 * What the file of a network with ranges may say on a node: widened, cut, with another gateway, moved, and the same
 * addresses for a network that never meets the others.
 */
const rangesFiles = [
  ranges({ subnet: '10.4.0.0/26', gateway: '10.4.0.1' }),
  ranges({ subnet: '10.4.0.0/25', gateway: '10.4.0.1' }),
  ranges({ subnet: '10.4.0.0/26', gateway: '10.4.0.1', end: '10.4.0.12' }),
  ranges({ subnet: '10.4.0.0/26', gateway: '10.4.0.62', start: '10.4.0.1' }),
  ranges({ subnet: '10.7.0.0/28', gateway: '10.7.0.1' }),
  ranges({ subnet: '10.4.0.0/26', gateway: '10.4.0.1' }, 'blue'),
] as const;

export const networks: readonly SimNetwork[] = [
  { name: 'pods', source: { kind: 'default' } },
  { name: 'under', source: { kind: 'named', pools: ['shared'] } },
  { name: 'scarce', source: { kind: 'named', pools: ['tight', 'crumbs'] } },
  {
    name: 'tiers',
    source: { kind: 'preferred', preference: { origin: 'network', names: { 4: ['odd', 'eve*'], 6: [] } } },
  },
  { name: 'crumbs', source: { kind: 'named', pools: ['crumbs'] } },
  { name: 'ranges', source: rangesFiles[0] },
  { name: 'renamed', source: rangesFiles[0] },
  { name: statefulNetwork, source: { kind: 'named', pools: ['sets'] } },
  { name: applicationNetwork, source: { kind: 'named', pools: ['listed'] } },
  { name: besideNetwork, source: { kind: 'named', pools: ['sets'] } },
  { name: machineNetwork, source: { kind: 'named', pools: ['machines'] } },
  { name: quotaNetwork, source: { kind: 'named', pools: [limitedPool] } },
  // Each Pod's is its application's.
  { name: automaticNetwork, source: { kind: 'default' } },
];

/** A network's file on one node, as somebody writes it anew: networks without ranges have one. */
export function anyFile(random: Random, { source }: SimNetwork): PoolSource {
  return source.kind === 'ranges' ? random.pick(rangesFiles) : source;
}

function ranges(
  { subnet, gateway, start, end }: { subnet: string; gateway: string; start?: string; end?: string },
  networkName?: string,
): PoolSource {
  const range = {
    subnet: parsePrefix(subnet),
    gateway: parseAddress(gateway),
    ...(start === undefined ? {} : { rangeStart: parseAddress(start) }),
    ...(end === undefined ? {} : { rangeEnd: parseAddress(end) }),
  };
  return { kind: 'ranges', sets: [[range]], ...(networkName === undefined ? {} : { networkName }) };
}

/** @param options of a world; absent: where nothing of it depends on the world */
export function poolResource(name: string, changes: Partial<PoolSpec> = {}, options?: WorldOptions): PoolResource {
  const isOfBlocks = options !== undefined && keepsInBlocks(options);
  const spec = (isOfBlocks ? ofBlocks[name] : undefined) ?? specs[name];
  if (spec === undefined) throw new Error(`no pool is named ${name}`);
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec: { ...spec, ...changes } };
}

export const poolNames: readonly string[] = Object.keys(specs);
/** Those that an operator changes: of the others an address has no reason to go. */
const steadyPools: readonly string[] = ['sets', 'listed', 'machines', limitedPool];
export const changingPools: readonly string[] = poolNames.filter((name) => !steadyPools.includes(name));

/** A store that itself forgets may forget what is kept for a Pod: its worlds have no StatefulSet. */
function hasStatefulSet({ faults }: WorldOptions): boolean {
  return !storeFaults.some((kind) => faults.has(kind));
}

/** And those in which much is done to them have an application, and a controller that frees what nobody comes back for. */
export function hasApplication(options: WorldOptions): boolean {
  return hasStatefulSet(options) && isRestless(options);
}

/** In half of those addresses stay that are of leased blocks. */
export function keepsInBlocks(options: WorldOptions): boolean {
  return hasApplication(options) && options.seed % 8 === 7;
}

/** In some of those virtual machines start, stop and move. */
function hasMachines(options: WorldOptions): boolean {
  return hasApplication(options) && (options.emphasis === 'migrations' || options.seed % 8 === 3);
}

/** In some a namespace has a quota, of a shared pool or of one with blocks. */
function hasQuota(options: WorldOptions): boolean {
  return hasApplication(options) && (options.seed % 16 === 3 || options.seed % 16 === 7);
}

/** In some applications have pools of their own, which a controller makes. */
export function hasAutomaticPools(options: WorldOptions): boolean {
  return hasApplication(options) && (options.emphasis === 'applications' || options.seed % 16 === 11);
}

export function networksOf(options: WorldOptions): readonly SimNetwork[] {
  return networks.filter(({ name }) => {
    if (name === statefulNetwork) return hasStatefulSet(options);
    if (name === besideNetwork) return keepsInBlocks(options);
    if (name === machineNetwork) return hasMachines(options);
    if (name === automaticNetwork) return hasAutomaticPools(options);
    if (name === quotaNetwork) return hasQuota(options);
    return name !== applicationNetwork || hasApplication(options);
  });
}

/** What a container that is made may be of; one that stands here twice is meant twice as often. */
export function networksInUse(options: WorldOptions): readonly SimNetwork[] {
  const { networks: names } = weightsOf(options);
  const all = networksOf(options);
  return names === undefined ? all : names.flatMap((one) => all.filter(({ name }) => name === one));
}

export function poolNamesOf(options: WorldOptions): readonly string[] {
  const used: Readonly<Record<string, boolean>> = {
    sets: hasStatefulSet(options),
    listed: hasApplication(options),
    machines: hasMachines(options),
    [limitedPool]: hasQuota(options),
  };
  return poolNames.filter((name) => used[name] ?? true);
}
