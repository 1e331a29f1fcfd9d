import { type Address, compareAddresses, parseAddress } from '../ip/address.ts';
import { scopeOf } from '../resources/scope.ts';
import type { Attachment, PodRef } from './attachment.ts';
import type { Identity } from './bind/identity.ts';

export interface Route {
  /** Canonical CIDR. */
  readonly dst: string;
  /** Next hop; absent means the address's own gateway. */
  readonly gw?: string;
}

/** One address that an attachment holds, with what the interface needs to use it. Texts are canonical. */
export interface HeldAddress {
  readonly address: string;
  /** Length of the on-link prefix, 0..32 or 0..128. */
  readonly prefixLength: number;
  /** Absent when the pool has none. */
  readonly gateway?: string;
  readonly pool: string;
  /** CIDR of the leased block it came from; absent when it was claimed through the store. */
  readonly block?: string;
  /** CIDR of the block in which it lies and that its node does not lease: told by who is asked, and not on record. */
  readonly outside?: string;
  readonly routes: readonly Route[];
}

/** What one attachment holds; the journal's record and the answer to a repeated ADD. */
export interface Allocation {
  readonly attachment: Attachment;
  readonly node: string;
  readonly pod?: PodRef | undefined;
  /** Path of the network namespace, as the runtime gave it; empty when it did not. */
  readonly netns: string;
  readonly addresses: readonly HeldAddress[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** For whom its addresses stay, as long as this daemon runs; after its restart their claims tell. */
  readonly identity?: Identity | undefined;
  /** The execution of the CNI executable that asked for it. */
  readonly executionId?: string | undefined;
}

/** A released address that cools down until it may be given again (unless its pool is exhausted before). */
export interface CoolingAddress {
  readonly address: string;
  readonly pool: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** By which allocations are sorted: no two are at one place. */
export interface ListPlace {
  readonly first: Address;
  /** In each scope the address may be held once more. */
  readonly scope: string;
}

/** Which allocations; undefined counts for all. */
export interface AllocationFilter {
  readonly node?: string | undefined;
  readonly pool?: string | undefined;
  readonly podNamespace?: string | undefined;
}

/** Is it one of those that are asked for? */
export function isOf({ node, pod, addresses }: Allocation, filter: AllocationFilter): boolean {
  return (
    (filter.node ?? node) === node &&
    (filter.podNamespace === undefined || filter.podNamespace === pod?.namespace) &&
    (filter.pool === undefined || addresses.some(({ pool }) => pool === filter.pool))
  );
}

export function listPlaceOf({ addresses: [first] }: Allocation): ListPlace {
  return { first: parseAddress(first?.address ?? '0.0.0.0'), scope: scopeOf(first?.pool ?? '') };
}

export function compareListPlaces(a: ListPlace, b: ListPlace): number {
  return compareAddresses(a.first, b.first) || (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0);
}
