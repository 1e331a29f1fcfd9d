import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix } from '../ip/prefix.ts';
import { formatRangeSet, parseRangeSet } from '../ip/range-set.ts';
import { maskedDestinations, maskedRoutes } from './address-plan.ts';
import { ownValue } from './own-value.ts';
import { type PoolSpec, parsePool, poolKind } from './pool.ts';
import { cidrLabelValue, ownerSubnetLabel, poolCidrLabel, spiderpoolFinalizer, subnetCidrLabel } from './published.ts';
import { rangesOwner } from './ranges-owner.ts';
import { refusalsOf } from './refusal.ts';
import { parseReservedIP, reservedIPKind } from './reserved-ip.ts';
import type { Metadata, Resource } from './resource.ts';
import { isLabelValue } from './rules/selector-shape.ts';
import { parseSubnet, type SubnetSpec, subnetKind } from './subnet.ts';

const parsers: Readonly<Record<string, (resource: Resource) => unknown>> = {
  [poolKind]: parsePool,
  [subnetKind]: parseSubnet,
  [reservedIPKind]: parseReservedIP,
};

/**
 * A resource with a spec that says all that its author left to the system: IP family, defaults, ranges merged and
 * sorted, and the way out that a pool has from its subnet. Doing it twice changes nothing more. What is being
 * deleted, or cannot be read, stays as it is: the rules speak of the latter.
 * @param subnets all of them, as stored
 */
export function completeSpec(resource: Resource, subnets: readonly Resource[]): Resource {
  const parse = ownValue(parsers, resource.kind);
  if (resource.metadata.deletionTimestamp !== undefined || parse === undefined) return resource;
  // Its name tells all that it says, and its daemon deletes it without waiting for a controller.
  if (resource.kind === poolKind && rangesOwner(resource)?.node !== undefined) return resource;
  if (refusalsOf(() => parse(resource)).length > 0) return resource;
  switch (resource.kind) {
    case poolKind:
      return completePool(resource, subnets);
    case subnetKind:
      return completePlan(resource);
    default:
      return completeReservation(resource);
  }
}

/**
 * As `completeSpec`, and with what controllers of a cluster go by: the finalizer, the labels, and the subnet as a
 * pool's owner. This is what a mutating webhook stores.
 */
export function completeResource(resource: Resource, subnets: readonly Resource[]): Resource {
  const completed = completeSpec(resource, subnets);
  if (completed === resource) return resource;
  if (resource.kind === subnetKind) return withFinalizer(withCidrLabel(completed, subnetCidrLabel));
  if (resource.kind !== poolKind) return completed;
  return ownedBySubnet(withFinalizer(withCidrLabel(completed, poolCidrLabel)), subnetOf(resource, subnets));
}

/**
 * Empty routes are the pool's own; absent ones are the subnet's. Absent addresses are none where there is a subnet to
 * cut them from.
 */
function completePool(resource: Resource, subnets: readonly Resource[]): Resource {
  const subnet = subnetOf(resource, subnets);
  const { gateway } = subnet === undefined ? {} : parseSubnet(subnet);
  const { routes = [] } = (subnet?.spec ?? {}) as Partial<SubnetSpec>;
  const given = resource.spec as PoolSpec;
  const spec = {
    default: false,
    disable: false,
    ...(subnet === undefined || given.blockSize !== undefined ? {} : { ips: [] }),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    ...(routes.length === 0 ? {} : { routes }),
    ...given,
  };
  return completePlan({ ...resource, spec });
}

function completePlan(resource: Resource): Resource {
  const spec = resource.spec as SubnetSpec;
  return {
    ...resource,
    spec: {
      ipVersion: parsePrefix(spec.subnet).address.family,
      ...spec,
      ...mergedRanges('ips', spec.ips),
      ...mergedRanges('excludeIPs', spec.excludeIPs),
      ...(spec.routes === undefined ? {} : { routes: maskedRoutes(spec.routes) }),
    },
  };
}

function completeReservation(resource: Resource): Resource {
  const spec = resource.spec as { ipVersion?: Family; ips?: readonly string[] };
  const [family, ...more] = new Set(parseReservedIP(resource).ranges.map(({ first }) => first.family));
  // Of two families neither is the reservation's: the rules say so, and must not speak of one that nobody wrote.
  const told = family === undefined || more.length > 0 ? {} : { ipVersion: family };
  return { ...resource, spec: { ...told, ...spec, ...mergedRanges('ips', spec.ips) } };
}

/** What completing a resource says otherwise than its author did, for the author to know. */
export function completionWarnings({ kind, metadata, spec }: Resource): readonly string[] {
  if (kind !== poolKind && kind !== subnetKind) return [];
  const { routes = [] } = spec as SubnetSpec;
  return maskedDestinations(routes).map(
    ({ given, masked }) =>
      `${kind} "${metadata.name}": spec.routes: ${given} has host bits, and is taken for ${masked}`,
  );
}

function mergedRanges(field: string, texts: readonly string[] | undefined): Record<string, readonly string[]> {
  return texts === undefined ? {} : { [field]: formatRangeSet(parseRangeSet(texts)) };
}

/** The subnet that a pool is part of. */
function subnetOf(pool: Resource, subnets: readonly Resource[]): Resource | undefined {
  const wanted = formatPrefix(parsePool(pool).subnet);
  return subnets.find(
    (subnet) =>
      subnet.metadata.deletionTimestamp === undefined &&
      refusalsOf(() => parseSubnet(subnet)).length === 0 &&
      formatPrefix(parseSubnet(subnet).prefix) === wanted,
  );
}

/** The pool goes with its subnet, unless something else controls it. */
function ownedBySubnet(pool: Resource, subnet: Resource | undefined): Resource {
  const owners = pool.metadata.ownerReferences ?? [];
  const uid = subnet?.metadata.uid;
  if (subnet === undefined || uid === undefined || owners.some(({ controller }) => controller === true)) return pool;
  const { apiVersion, kind, metadata } = subnet;
  const owner = { apiVersion, kind, name: metadata.name, uid, controller: true, blockOwnerDeletion: true };
  return {
    ...pool,
    metadata: withLabel({ ...pool.metadata, ownerReferences: [...owners, owner] }, ownerSubnetLabel, metadata.name),
  };
}

function withFinalizer(resource: Resource): Resource {
  const { finalizers = [] } = resource.metadata;
  if (finalizers.includes(spiderpoolFinalizer)) return resource;
  return { ...resource, metadata: { ...resource.metadata, finalizers: [...finalizers, spiderpoolFinalizer] } };
}

/** IPv6 prefixes that begin with a colon make no label's value, and go without. */
function withCidrLabel(resource: Resource, label: string): Resource {
  const value = cidrLabelValue((resource.spec as SubnetSpec).subnet);
  return isLabelValue(value) ? { ...resource, metadata: withLabel(resource.metadata, label, value) } : resource;
}

function withLabel(metadata: Metadata, label: string, value: string): Metadata {
  return { ...metadata, labels: { ...metadata.labels, [label]: value } };
}
