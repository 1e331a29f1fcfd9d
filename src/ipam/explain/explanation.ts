import type { Address, Family } from '../../ip/address.ts';
import type { AddressState } from '../address-state.ts';
import type { Allocation } from '../allocation.ts';
import type { BlockUsage, PoolUsage } from '../port.ts';

/** What is to be explained. */
export type ExplainSubject =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'pool'; readonly name: string };

/** Why an address is as it is, and what makes it free. */
export interface AddressExplanation {
  readonly address: string;
  readonly state: AddressState;
  /** Who has it; undefined: nobody, or nobody who was heard. */
  readonly holder: Allocation | undefined;
  /** Milliseconds since 1970; undefined: nothing tells. */
  readonly since: number | undefined;
  /** By which rule or whose record it is so: a clause for people; empty: nothing is against it. */
  readonly rule: string;
  /** What makes it free, and when: a clause for people; empty: it is free. */
  readonly freed: string;
}

/** A pool that was looked at for an address. */
export interface ConsideredPool {
  readonly pool: string;
  /** 4 or 6; 0: of neither in particular. */
  readonly family: Family | 0;
  /** Why it gives none: it goes on where the name ends; empty: it would give one. */
  readonly reason: string;
}

/** The last time that an interface of a Pod was refused an address, by the word of the daemon that did so. */
export interface RefusedTry {
  readonly node: string;
  readonly network: string;
  readonly ifname: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How often the same interface was refused since it last got an address. */
  readonly tries: number;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly pools: readonly ConsideredPool[];
}

/** What an ADD of an interface would come to now, on the node whose daemon says so. */
export interface Prospect {
  readonly node: string;
  readonly network: string;
  readonly ifname: string;
  /** Why it would be refused; empty: it would get its addresses, as far as can be told without taking them. */
  readonly refusal: string;
  readonly pools: readonly ConsideredPool[];
}

/** A part of what a pool is laid over, and why it is not free. */
export interface PoolShare {
  readonly kind:
    | 'free'
    | 'held'
    | 'kept'
    | 'cooling-down'
    | 'unknown'
    | 'quarantined'
    | 'reserved'
    | 'excluded'
    | 'fixed'
    | 'held-back'
    | 'block-edges';
  readonly count: bigint;
  /** A clause for people. */
  readonly detail: string;
}

/** How a pool's addresses are shared out, and what it gives. */
export interface PoolExplanation {
  readonly usage: PoolUsage;
  /** A sentence for people. */
  readonly message: string;
  /** Those of which there are none are left out. */
  readonly shares: readonly PoolShare[];
  /** Whom it is for, a clause each; empty: whoever asks. */
  readonly conditions: readonly string[];
  /** Its leased blocks, sorted by address. */
  readonly blocks: readonly BlockUsage[];
}

export interface Explanation {
  /** The one that was asked for; of a Pod, all that it has. */
  readonly addresses: readonly AddressExplanation[];
  readonly tries: readonly RefusedTry[];
  readonly prospects: readonly Prospect[];
  readonly pool: PoolExplanation | undefined;
}
