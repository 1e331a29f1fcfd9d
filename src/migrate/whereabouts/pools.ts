import { formatAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import {
  countAddresses,
  emptyRangeSet,
  formatRangeSet,
  type RangeSet,
  rangeSet,
  subtract,
  union,
} from '../../ip/range-set.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { inScope, scopeId } from '../../resources/scope.ts';
import type { Conflict } from '../conflict.ts';
import { givenOf, type WhereaboutsNetwork } from './ipam-section.ts';
import { type NodeSlice, poolName, type WhereaboutsPool } from './objects.ts';

/** Which networks give addresses out of an IPPool, and how. */
export interface PoolUse {
  readonly users: readonly WhereaboutsNetwork[];
  readonly networkName: string;
  /** The node that alone gives addresses out of the pool, when the networks are cut in slices. */
  readonly slice: NodeSlice | undefined;
}

/** Whereabouts tells an object's users by the object's name only: `[network_name-][node-]range`. */
export function useOf(
  pool: WhereaboutsPool,
  networks: readonly WhereaboutsNetwork[],
  slices: readonly NodeSlice[],
): PoolUse {
  const { prefix } = pool.range;
  const same = (other: Prefix): boolean => formatPrefix(other) === formatPrefix(prefix);
  for (const slice of slices.filter((one) => same(one.slice))) {
    const users = networks.filter(
      ({ isSliced, networkName, name, ranges }) =>
        isSliced &&
        (networkName === '' ? name : networkName) === slice.network &&
        ranges.some((range) => formatPrefix(range.prefix) === formatPrefix(slice.whole)),
    );
    const named = [poolName(prefix, slice.node), poolName(prefix, slice.network, slice.node)];
    if (named.includes(pool.name)) return { users, networkName: pool.name === named[0] ? '' : slice.network, slice };
  }
  const suffix = poolName(prefix);
  const networkName = pool.name.endsWith(`-${suffix}`) ? pool.name.slice(0, -suffix.length - 1) : '';
  const users = networks.filter(
    (network) =>
      !network.isSliced && network.networkName === networkName && network.ranges.some((range) => same(range.prefix)),
  );
  return { users, networkName, slice: undefined };
}

/** What the networks let whereabouts give out of the pool; undefined: none is known. */
export function givenBy({ users, slice }: PoolUse, { range }: WhereaboutsPool): RangeSet | undefined {
  if (users.length === 0) return slice === undefined ? undefined : givenOf(slice.slice);
  // A node's slice is given out whole: whereabouts looks at no end and no exclusion then.
  if (slice !== undefined) return givenOf(slice.slice);
  return users
    .flatMap(({ ranges }) => ranges)
    .filter(({ prefix }) => formatPrefix(prefix) === formatPrefix(range.prefix))
    .reduce((all, { addresses }) => union(all, addresses), emptyRangeSet);
}

/** Networks of one range that leave it by different gateways: a pool has one. */
export function gatewayConflicts({ users }: PoolUse, { subject }: WhereaboutsPool): readonly Conflict[] {
  const gateways = new Map(
    users.map((user) => [user.gateway === undefined ? 'none' : formatAddress(user.gateway), user]),
  );
  if (gateways.size < 2) return [];
  const list = [...gateways].map(([gateway, { origin }]) => `${gateway} (${origin})`).join(', ');
  return [
    {
      subject,
      reason: `its networks name different gateways: ${list}`,
      advice: 'name one gateway in all of them, which changes nothing for Pods that run, and repeat',
    },
  ];
}

/** Networks of different `network_name` never meet: an address may be out in each of them. */
export function nameOf(pool: WhereaboutsPool, { networkName }: PoolUse): string {
  return inScope(`whereabouts-${pool.name}`, scopeId(networkName));
}

/** @param former what the first run of the migration made of the range: networks that change meanwhile tell less and less */
export function poolOf(pool: WhereaboutsPool, use: PoolUse, former: PoolResource | undefined): PoolResource {
  const name = nameOf(pool, use);
  if (former !== undefined) return { ...former, metadata: { name } };
  const whole = use.slice?.whole ?? pool.range.prefix;
  const gateway = use.users.find((user) => user.gateway !== undefined)?.gateway;
  const given = subtract(
    givenBy(use, pool) ?? givenOf(pool.range.prefix),
    gateway === undefined ? emptyRangeSet : rangeSet([{ first: gateway, last: gateway }]),
  );
  const isEmpty = countAddresses(given) === 0n;
  const spec: PoolSpec = {
    ipVersion: whole.address.family,
    subnet: formatPrefix(whole),
    // What is out of a range that gives nothing any more needs its pool until it is back.
    ...(isEmpty ? { disable: true } : { ips: formatRangeSet(given) }),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    ...(use.slice === undefined ? {} : { nodeName: [use.slice.node] }),
  };
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec };
}
