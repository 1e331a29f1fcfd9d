import { formatAddress } from '../../ip/address.ts';
import { prefixContains, prefixSize } from '../../ip/prefix.ts';
import type { ShownPod } from '../../ipam/shown-pod.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { PoolResource } from '../../resources/pool.ts';
import { brief } from '../../resources/refusal.ts';
import type { ReservedIPResource } from '../../resources/reserved-ip.ts';
import { type Conflict, unreadable } from '../conflict.ts';
import type { ForeignLease } from '../foreign.ts';
import type { LeftOut } from '../holdings.ts';
import { type Given, isOfPod, leaseOf } from './leases.ts';
import { type CalicoBlock, type CalicoPool, readBlock, readPool, readReservation } from './objects.ts';
import { poolOf, reservedOf } from './pools.ts';

/** The objects of a cluster whose addresses Calico gives, as they are. */
export interface CalicoFacts {
  readonly pools: readonly unknown[];
  readonly blocks: readonly unknown[];
  readonly reservations: readonly unknown[];
  readonly pods: readonly ShownPod[];
}

export interface CalicoHoldings {
  readonly pools: readonly PoolResource[];
  readonly reservations: readonly ReservedIPResource[];
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/**
 * All that Calico's IPAM has given out: its blocks name the Pod and, in the handle, network and container of each address.
 * IPAMHandles say the same the other way round, and are not read.
 */
export function calicoHoldings(facts: CalicoFacts): CalicoHoldings {
  const conflicts: Conflict[] = [];
  const leftOut: LeftOut[] = [];
  const pools = readEach('IPPool', facts.pools, readPool, conflicts);
  const blocks = readEach('IPAMBlock', facts.blocks, readBlock, conflicts);
  const reservations = readEach('IPReservation', facts.reservations, readReservation, conflicts);
  const given = blocks.flatMap((block) => givenOf(block, conflicts));
  const released = given.filter(({ attributes }) => attributes.isReleased).map(({ address }) => formatAddress(address));
  if (released.length > 0) leftOut.push({ subject: brief(released), reason: 'released, and only cooling down' });
  const out = given.filter(({ attributes }) => !attributes.isReleased);
  const ofNodes = out.filter((one) => !isOfPod(one));
  const served = pools.filter(({ isForPods }) => isForPods);
  for (const { subject } of pools.filter(({ isForPods }) => !isForPods))
    leftOut.push({ subject, reason: 'its addresses are for tunnels or Services, not for Pods' });
  const made = served.map((pool) =>
    poolOf(
      pool,
      ofNodes.map(({ address }) => address),
    ),
  );
  const shown = new Map(facts.pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod]));
  return {
    pools: made.map(({ pool }) => pool),
    reservations: reservations.map(reservedOf),
    leases: out.filter(isOfPod).flatMap((one) => leaseOf(one, served, shown, conflicts)),
    conflicts,
    leftOut,
    warnings: [...made.flatMap(({ warnings }) => warnings), ...nodesHave(ofNodes, served)],
  };
}

/** @param conflicts what cannot be read is added to them */
function readEach<T extends object>(
  kind: string,
  objects: readonly unknown[],
  read: (object: unknown) => T | string | undefined,
  conflicts: Conflict[],
): readonly T[] {
  return objects.flatMap((object) => {
    const value = read(object);
    if (value === undefined) return [];
    if (typeof value !== 'string') return [value];
    const name = (object as { readonly metadata?: { readonly name?: unknown } } | null)?.metadata?.name;
    conflicts.push(unreadable(`${kind} "${typeof name === 'string' ? name : ''}"`, value));
    return [];
  });
}

function givenOf({ subject, prefix, allocations }: CalicoBlock, conflicts: Conflict[]): readonly Given[] {
  const { family, value } = prefix.address;
  if (BigInt(allocations.length) > prefixSize(prefix)) {
    conflicts.push(unreadable(subject, `it has ${allocations.length} places, and its prefix ${prefixSize(prefix)}`));
    return [];
  }
  return allocations.flatMap((attributes, at): readonly Given[] => {
    if (attributes === undefined) return [];
    const address = { family, value: value + BigInt(at) };
    const origin = `${formatAddress(address)} of ${subject}`;
    if (typeof attributes === 'object') return [{ address, attributes, origin }];
    conflicts.push(unreadable(origin, `it has no attributes: there is no number ${attributes} of them`));
    return [];
  });
}

/** What Calico's nodes have for themselves no Pod is to get: it stays where Calico goes on without its IPAM. */
function nodesHave(ofNodes: readonly Given[], pools: readonly CalicoPool[]): readonly string[] {
  return pools.flatMap(({ name, prefix }) => {
    const own = ofNodes.filter(({ address }) => prefixContains(prefix, address));
    if (own.length === 0) return [];
    const texts = own.map(({ address, attributes: { owner, handle } }) => {
      const what = ownValue(owner, 'type') ?? (handle === '' ? 'no Pod' : handle);
      const node = ownValue(owner, 'node');
      return `${formatAddress(address)} (${what}${node === undefined ? '' : ` of node ${node}`})`;
    });
    return [
      `pool "${name}" excludes what no Pod has: ${brief(texts)}; take it out of spec.excludeIPs once Calico's node agents are gone`,
    ];
  });
}
