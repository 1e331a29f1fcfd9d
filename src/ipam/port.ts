import type { Address, Family } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import type { AddressState } from './address-state.ts';
import type { Allocation, AllocationFilter, CoolingAddress, ListPlace } from './allocation.ts';
import type { Attachment } from './attachment.ts';
import type { Violation } from './check.ts';
import type { AwaitedRelease } from './reclaim/awaited.ts';
import type { ReleaseCause } from './reclaim/release-cause.ts';
import type { AllocateRequest, PoolSource } from './request.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reason: string;
}

/** Where the addresses of a network come from. */
export interface NetworkSource {
  readonly network: string;
  readonly source: PoolSource;
  /** Empty: each that the source has. */
  readonly families: readonly Family[];
}

/** What every way in (CNI, gRPC, CLI) asks of the node's daemon. */
export interface Ipam {
  /** Resolves when calls are served: one that comes during the start waits for it. @throws IpamError not-ready */
  opened(): Promise<void>;
  /**
   * Addresses for an attachment; the same ones again when it already holds some. Durable when it resolves.
   * @throws IpamError pool-exhausted, address-taken, address-not-allowed, not-found, invalid-config,
   *   invalid-argument, not-ready, store-unavailable, storage-full
   */
  allocate(request: AllocateRequest): Promise<Allocation>;
  /**
   * Gives back what the attachment holds; undefined when it holds nothing. Durable when it resolves.
   * @param cause absent: the runtime's DEL
   */
  release(attachment: Attachment, cause?: ReleaseCause): Promise<Allocation | undefined>;
  /** Resolves when the calls of the attachment that are under way have ended. */
  settled(attachment: Attachment): Promise<void>;
  /** What the attachment holds now; nothing before `opened`. */
  find(attachment: Attachment): Allocation | undefined;
  /** CNI GC: releases every attachment of the network on this node that is not in `valid`. */
  collect(network: string, valid: readonly Omit<Attachment, 'network'>[]): Promise<readonly Allocation[]>;
  /**
   * Would an ADD succeed now, and would what it did be kept?
   * @param network whose: are there addresses for it on this node?
   */
  readiness(network?: NetworkSource): Readiness;
}

/** A leased block and how full it is. Counts are addresses that Pods can get (no gateway, network, broadcast). */
export interface BlockUsage {
  readonly cidr: string;
  readonly family: 4 | 6;
  readonly pool: string;
  readonly node: string;
  /** Whose record says who has which address of it. */
  readonly daemon: string;
  readonly total: bigint;
  /** Known to be in use. */
  readonly used: bigint;
  /** Of how many nobody who was heard knows whether they are in use: all of a block that another daemon keeps. */
  readonly unknown: bigint;
  /** Released and not yet past their cool-down; counted as available. */
  readonly coolingDown: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * A pool and how full it is. `total` is what Pods can get: of a block pool all of it, leased or not, without what each of
 * its blocks withholds.
 */
export interface PoolUsage {
  readonly name: string;
  readonly subnet: string;
  readonly family: 4 | 6;
  /** Absent when the pool is shared, one claim per address. */
  readonly blockSize?: number;
  readonly isDefault: boolean;
  readonly disabled: boolean;
  /** It is being deleted, and goes when nothing of it is out any more. */
  readonly isTerminating: boolean;
  readonly blocks: number;
  readonly total: bigint;
  /** Known to be in use. */
  readonly used: bigint;
  /** Of how many nobody who was heard knows whether they are in use. */
  readonly unknown: bigint;
  /** How many of `used` no container has: they are kept for Pods that are not there. */
  readonly parked: number;
  readonly coolingDown: number;
}

export type AllocationEvent =
  | { readonly type: 'allocated'; readonly allocation: Allocation }
  | { readonly type: 'released'; readonly allocation: Allocation; readonly cause: ReleaseCause };

export interface PageRequest {
  readonly filter: AllocationFilter;
  /** Those behind this place only: that of the last allocation of the page before. */
  readonly after: ListPlace | undefined;
  readonly limit: number;
}

export interface AllocationPage {
  readonly allocations: readonly Allocation[];
  readonly isLast: boolean;
  /** Of all pages. */
  readonly total: number;
}

/** How many of its blocks and claims were taken from a node. */
export interface Forgotten {
  readonly blocks: number;
  readonly claims: number;
}

/** What is kept, by its address or by for whom. */
export type KeptSubject =
  | { readonly kind: 'address'; readonly address: Address }
  /** As callers named it, or kept by a Pod's name. A namespace may be empty. */
  | { readonly kind: 'identity' | 'pod'; readonly namespace: string; readonly name: string };

/** What operators ask of a daemon, on top of Ipam. Before `opened` it is as if nothing were there. */
export interface Administration {
  readonly node: string;
  /** Blocks of one node, or of all. Sorted by address. */
  blocks(node?: string): Promise<readonly BlockUsage[]>;
  /** Leases one more block to a node from the named pool, or from the default pools (first family first). @throws pool-exhausted, not-found */
  leaseBlock(node: string, pool?: string): Promise<BlockUsage>;
  /** Hands an empty block back. @throws not-found, in-use (says how many addresses are out) */
  returnBlock(node: string, cidr: Prefix): Promise<void>;
  /**
   * Takes blocks and claims away from the daemon of a node that will never come back; its Pods must be gone.
   * @param force also a node of which nothing is known, where a slip of the pen would otherwise look like success
   * @throws invalid-argument when it is this daemon's node, not-found naming those that are known, store-unavailable
   */
  forgetNode(node: string, force?: boolean): Promise<Forgotten>;
  /** What `forgetNode` would take; nothing is written. @throws as forgetNode */
  dryRunForgetNode(node: string, force?: boolean): Promise<Forgotten>;
  /**
   * Somebody outside was found to use an address: no new ADD gets it, an attachment that holds it gets another with
   * its next ADD, and after a DEL it is not given again until the quarantine is over or lifted.
   * @param forMs how long; undefined: until somebody lifts it
   * @returns who holds it on this node
   * @throws IpamError not-found (no pool has it), invalid-config, conflict, store-unavailable
   */
  quarantine(address: Address, reason: string, forMs?: number): Promise<Allocation | undefined>;
  /** Ends a quarantine. @throws IpamError not-found, conflict, store-unavailable */
  lift(address: Address): Promise<void>;
  /**
   * Frees what is kept for somebody and no container has.
   * @returns the addresses
   * @throws IpamError not-found (nothing is kept for it), in-use (a container has it), store-unavailable
   */
  unkeep(subject: KeptSubject): Promise<readonly string[]>;
  pools(): Promise<readonly PoolUsage[]>;
  /** Every node with a block, a claim or an address, as far as this daemon knows, and its own. Sorted. */
  nodes(): Promise<readonly string[]>;
  /** Every allocation, sorted by first address. Of many thousands `page` is the way: this is one turn over them all. */
  allocations(): readonly Allocation[];
  /** Some of them, a part at a time, in the same order. */
  page(request: PageRequest): Promise<AllocationPage>;
  /** What a Pod holds. */
  ofPod(namespace: string, name: string): Promise<readonly Allocation[]>;
  /** How many there are. */
  counts(): { readonly allocations: number; readonly blocks: number };
  coolingDown(): readonly CoolingAddress[];
  holdersOf(address: Address): readonly Allocation[];
  /** What is with an address, as far as this daemon knows. */
  stateOf(address: Address): Promise<AddressState>;
  /** What a container holds, on all its interfaces. */
  ofContainer(containerId: string): readonly Allocation[];
  /** Changes from now on until the signal aborts; a slow reader loses nothing up to 65,536 events, then gets an error. */
  watchAllocations(signal: AbortSignal): AsyncIterable<AllocationEvent>;
  /** Verifies the invariants on the live state. Empty: all hold. */
  check(): Promise<readonly Violation[]>;
  /** What stays taken although its Pod is gone or should have ended, and what it waits for. */
  awaited(): readonly AwaitedRelease[];
  /** What no invariant forbids and nobody may come back for, each with the command that clears it. */
  leftovers(): Promise<readonly Violation[]>;
  /** Is a network namespace of this path on this machine? Undefined: nothing tells. */
  hasNetns(path: string): boolean | undefined;
  /** Is the network namespace of its container gone? Undefined: nothing tells. */
  isGone(allocation: Allocation): boolean | undefined;
}
