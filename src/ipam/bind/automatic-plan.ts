import { formatAddress } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import {
  countAddresses,
  emptyRangeSet,
  formatRangeSet,
  intersect,
  type RangeSet,
  rangeSet,
  subtract,
  union,
} from '../../ip/range-set.ts';
import { subnetEdges } from '../../resources/address-plan.ts';
import { completeResource } from '../../resources/complete.ts';
import { type Pool, type PoolResource, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { addressCountAnnotation, ownerLabels, ownerSubnetLabel } from '../../resources/published.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { Subnet } from '../../resources/subnet.ts';
import { type AppliedApplication, applicationAffinity, applicationLabels } from './application.ts';
import { type AddressCount, automaticPoolName, familyLabel, type PoolOf } from './automatic-pool.ts';
import { addressesToAdd, addressesToDrop } from './choose-addresses.ts';

/** A pool that an application is to have. */
export interface WantedPool extends PoolOf {
  readonly application: AppliedApplication;
  readonly count: AddressCount;
  /** How many Pods it has, or is to have. */
  readonly replicas: number;
  readonly isReclaimed: boolean;
}

/** The SpiderSubnet that it is cut from. */
export interface SubnetFacts {
  readonly resource: Resource;
  readonly value: Subnet;
  /** Of what it controls, what no pool has, nothing reserves and nobody holds; asked for when it is needed. */
  readonly free: () => RangeSet;
  /** What pools of it offer, without one of them. */
  readonly offeredBeside: (pool: string) => RangeSet;
  /** Of these addresses those that are claimed of other pools of it than this one. */
  readonly claimedBeside: (pool: string, addresses: RangeSet) => RangeSet;
}

/** The pool as it is. */
export interface PresentPool {
  readonly resource: Stored<PoolResource>;
  readonly value: Pool;
  /** What is out of it, or kept for somebody. */
  readonly held: RangeSet;
}

export interface PoolPlan {
  /** What is to be stored; undefined: what is there is as it should be. */
  readonly write: { readonly verb: 'create' | 'update'; readonly resource: PoolResource } | undefined;
  /** How many addresses the subnet lacks. */
  readonly missing: bigint;
  /** How many addresses the pool has beyond what it should, and holds: they go when they are released. */
  readonly surplus: bigint;
}

export function wantedAddresses({ count, replicas }: Pick<WantedPool, 'count' | 'replicas'>): bigint {
  return BigInt(count.kind === 'fixed' ? count.count : replicas + count.count);
}

/**
 * What a pool is not shrunk below. While Pods of before end, which a loaded node takes its time for, those of a rolling update come: one that
 * follows its application keeps its spare addresses beside all that are out.
 */
function leastAddresses(wanted: Pick<WantedPool, 'count' | 'replicas'>, held: bigint): bigint {
  const target = wantedAddresses(wanted);
  const { kind, count } = wanted.count;
  const withSpare = kind === 'fixed' ? target : held + BigInt(count);
  return withSpare > target ? withSpare : target;
}

/** What a subnet can give of its own: neither its edges nor its gateway are a Pod's. */
export function givable({ prefix, controlled, gateway }: Subnet): RangeSet {
  const withheld = gateway === undefined ? [] : [{ first: gateway, last: gateway }];
  return subtract(controlled, rangeSet([...subnetEdges(prefix).ranges, ...withheld]));
}

/**
 * A daemon that had not seen the pool shrink gave an address of what it was: it comes back for as long as it is out, so that its Pod has
 * an address of a pool that may give it.
 */
function comingBack({ resource, value: { usable, excluded }, held }: PresentPool, subnet: SubnetFacts): RangeSet {
  const strayed = subtract(held, union(usable, excluded));
  if (strayed.ranges.length === 0) return emptyRangeSet;
  return subtract(intersect(strayed, givable(subnet.value)), subnet.offeredBeside(resource.metadata.name));
}

/**
 * What another's pool gave up, and a daemon that had not seen that gave of it all the same, before it was known here: of this pool nobody
 * can have it. It goes, so that the other can take it back.
 */
function goingBack({ resource, value: { usable }, held }: PresentPool, subnet: SubnetFacts): RangeSet {
  return subnet.claimedBeside(resource.metadata.name, subtract(usable, held));
}

/** What becomes of the pool of an application: made, grown, shrunk by what is free of it, told of its application anew. */
export function planAutomaticPool(
  wanted: WantedPool,
  subnet: SubnetFacts,
  present: PresentPool | undefined,
  isTaken: (name: string) => boolean,
): PoolPlan {
  const back = present === undefined ? emptyRangeSet : comingBack(present, subnet);
  const lost = present === undefined ? emptyRangeSet : goingBack(present, subnet);
  const usable = subtract(union(present?.value.usable ?? emptyRangeSet, back), lost);
  const target = wantedAddresses(wanted);
  const has = countAddresses(usable);
  const added = target > has ? addressesToAdd(usable, subnet.free(), target - has) : emptyRangeSet;
  const held = present?.held ?? emptyRangeSet;
  const least = leastAddresses(wanted, countAddresses(held));
  const dropped = least < has ? addressesToDrop(usable, held, has - least) : emptyRangeSet;
  const next = subtract(union(usable, added), dropped);
  const lacks = target - countAddresses(next);
  const [missing, surplus] = [lacks > 0n ? lacks : 0n, lacks < 0n ? -lacks : 0n];
  if (present === undefined) {
    const resource = newPool(wanted, subnet, next, isTaken);
    return { write: { verb: 'create', resource }, missing, surplus };
  }
  const isOther = [back, lost, added, dropped].some(({ ranges }) => ranges.length > 0);
  const resource = changed(present.resource, wanted, isOther ? next : undefined);
  return { write: resource === undefined ? undefined : { verb: 'update', resource }, missing, surplus };
}

function newPool(
  wanted: WantedPool,
  { resource: subnet, value: { prefix, gateway } }: SubnetFacts,
  addresses: RangeSet,
  isTaken: (name: string) => boolean,
): PoolResource {
  const { routes } = subnet.spec as { readonly routes?: PoolResource['spec']['routes'] };
  const pool: PoolResource = {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: {
      name: automaticPoolName(wanted, wanted.application.uid, isTaken),
      labels: { [ownerSubnetLabel]: subnet.metadata.name, ...labelsOf(wanted) },
      annotations: annotationsOf(wanted),
    },
    spec: {
      ipVersion: wanted.family,
      subnet: formatPrefix(prefix),
      ips: formatRangeSet(addresses),
      ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
      ...(routes === undefined ? {} : { routes }),
      podAffinity: { matchLabels: applicationAffinity(wanted.application) },
    },
  };
  // As an admission webhook stores it: there may be none.
  return completeResource(pool, [subnet]) as PoolResource;
}

/** @param addresses undefined: those that it has @returns undefined: nothing is to be changed */
function changed(
  present: Stored<PoolResource>,
  wanted: WantedPool,
  addresses: RangeSet | undefined,
): Stored<PoolResource> | undefined {
  const { metadata, spec } = present;
  const [labels, annotations] = [labelsOf(wanted), annotationsOf(wanted)];
  const isSame = (has: Readonly<Record<string, string>> | undefined, is: Readonly<Record<string, string>>): boolean =>
    Object.entries(is).every(([key, value]) => has?.[key] === value);
  if (addresses === undefined && isSame(metadata.labels, labels) && isSame(metadata.annotations, annotations)) {
    return undefined;
  }
  return {
    ...present,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      annotations: { ...metadata.annotations, ...annotations },
    },
    spec: addresses === undefined ? spec : { ...spec, ips: formatRangeSet(addresses) },
  };
}

function labelsOf({ application, ifname, family, isReclaimed }: WantedPool): Readonly<Record<string, string>> {
  return {
    ...applicationLabels(application),
    [ownerLabels.interface]: ifname,
    [ownerLabels.family]: familyLabel(family),
    [ownerLabels.reclaim]: String(isReclaimed),
  };
}

function annotationsOf({ count: { kind, count } }: WantedPool): Readonly<Record<string, string>> {
  return { [addressCountAnnotation]: kind === 'fixed' ? String(count) : `+${count}` };
}
