import type { Family } from '../../ip/address.ts';
import type { RangeSet } from '../../ip/range-set.ts';
import type { Pool } from '../pool.ts';
import type { Refusal } from '../refusal.ts';
import type { Resource } from '../resource.ts';
import type { Subnet } from '../subnet.ts';

/** What somebody wants to do to a resource. */
export type Write =
  | { readonly operation: 'create'; readonly resource: Resource }
  | { readonly operation: 'update'; readonly before: Resource; readonly resource: Resource }
  | { readonly operation: 'delete'; readonly before: Resource };

/** A resource that could be read, and what it says: rules parse nothing. */
export interface Parsed<V> {
  readonly resource: Resource;
  readonly value: V;
}

/** The world as far as the rules care. */
export interface WriteFacts {
  /** All pools; the one that is written may be among them as it was. */
  readonly pools: readonly Pool[];
  /** All subnets, likewise. */
  readonly subnets: readonly Subnet[];
  /** Addresses of a pool that are out. Asked only where it matters: it is costly to know. */
  readonly heldIn: (pool: string) => RangeSet;
  /** Addresses that are out of any pool. */
  readonly heldAnywhere: () => RangeSet;
  /** IP families in use; absent: both. */
  readonly families?: readonly Family[];
}

export interface Review {
  /** Every reason against the write; none: it may happen. */
  readonly refusals: readonly Refusal[];
  /** What its author should know all the same. */
  readonly warnings: readonly string[];
}
