import { type Family, formatAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix } from '../ip/prefix.ts';
import { formatRangeSet, parseRangeSet } from '../ip/range-set.ts';
import { parsePool, poolKind } from './pool.ts';
import { cidrLabelValue, ownerSubnetLabel, poolCidrLabel, spiderpoolFinalizer, subnetCidrLabel } from './published.ts';
import { refusalsOf } from './refusal.ts';
import { parseReservedIP, reservedIPKind } from './reserved-ip.ts';
import type { Metadata, Resource } from './resource.ts';
import { isLabelValue } from './rules/selector-shape.ts';
import { parseSubnet, type SubnetSpec, subnetKind } from './subnet.ts';

/**
 * A resource with all that its author left to the system: family, defaults, labels, finalizer, ranges merged and
 * sorted, and what a pool has from its subnet. This is what a mutating webhook stores; completing twice changes
 * nothing more. What is being deleted, or cannot be read, stays as it is: the rules speak of the latter.
 * @param subnets all of them, as stored
 */
export function completeResource(resource: Resource, subnets: readonly Resource[]): Resource {
  if (resource.metadata.deletionTimestamp !== undefined) return resource;
  const complete = completions[resource.kind];
  return complete === undefined || refusalsOf(() => complete.parse(resource)).length > 0
    ? resource
    : complete.with(resource, subnets);
}

interface Completion {
  /** @throws IpamError */
  readonly parse: (resource: Resource) => unknown;
  readonly with: (resource: Resource, subnets: readonly Resource[]) => Resource;
}

const completions: Readonly<Record<string, Completion>> = {
  [poolKind]: { parse: parsePool, with: completePool },
  [subnetKind]: {
    parse: parseSubnet,
    with: (resource) => withFinalizer(withCidrLabel(completePlan(resource), subnetCidrLabel)),
  },
  [reservedIPKind]: { parse: parseReservedIP, with: completeReservation },
};

function completePool(resource: Resource, subnets: readonly Resource[]): Resource {
  const spec = { default: false, disable: false, ...(resource.spec as object) };
  const completed = withFinalizer(withCidrLabel(completePlan({ ...resource, spec }), poolCidrLabel));
  const { subnet } = parsePool(resource);
  const owner = subnets.find(
    (one) =>
      one.metadata.deletionTimestamp === undefined &&
      refusalsOf(() => parseSubnet(one)).length === 0 &&
      formatPrefix(parseSubnet(one).prefix) === formatPrefix(subnet),
  );
  return owner === undefined ? completed : ownedBySubnet(completed, owner);
}

/** The pool goes with its subnet, and has the subnet's way out unless it names its own. Empty routes are its own. */
function ownedBySubnet(pool: Resource, subnet: Resource): Resource {
  const { gateway } = parseSubnet(subnet);
  const { routes } = subnet.spec as SubnetSpec;
  const { uid, name } = subnet.metadata;
  const owners = pool.metadata.ownerReferences ?? [];
  const spec = {
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    ...(routes === undefined || routes.length === 0 ? {} : { routes }),
    ...(pool.spec as object),
  };
  if (uid === undefined || owners.some(({ controller }) => controller === true)) return { ...pool, spec };
  const { apiVersion, kind } = subnet;
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  return {
    ...pool,
    metadata: withLabel({ ...pool.metadata, ownerReferences: [...owners, owner] }, ownerSubnetLabel, name),
    spec,
  };
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
    },
  };
}

function completeReservation(resource: Resource): Resource {
  const spec = resource.spec as { ipVersion?: Family; ips?: readonly string[] };
  const [first] = parseReservedIP(resource).ranges;
  return {
    ...resource,
    spec: {
      ...(first === undefined ? {} : { ipVersion: first.first.family }),
      ...spec,
      ...mergedRanges('ips', spec.ips),
    },
  };
}

function mergedRanges(field: string, texts: readonly string[] | undefined): Record<string, readonly string[]> {
  return texts === undefined ? {} : { [field]: formatRangeSet(parseRangeSet(texts)) };
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
