import type { Address } from '../ip/address.ts';
import type { AddressState } from './address-state.ts';
import type { Allocation } from './allocation.ts';
import type { PodRef } from './attachment.ts';
import type { Violation } from './check.ts';
import type { Draining } from './drain.ts';
import type { ExplainSubject, Explanation } from './explain/explanation.ts';
import type { FreeAddresses } from './explain/free.ts';
import type { Forecast, ForecastSubject } from './forecast/usage-record.ts';
import type { HistoryQuestion } from './history/question.ts';
import type { NodeHistory } from './history/reading.ts';
import type { Administration, AllocationPage, BlockUsage, PageRequest, PoolUsage } from './port.ts';
import type { AwaitedRelease } from './reclaim/awaited.ts';
import type { DueRelease } from './reclaim/due.ts';
import type { Repair, RepairOutcome } from './repair.ts';

/** A daemon whose word is missing: what it alone knows is unknown, neither free nor held. */
export interface Unanswered {
  /** Empty: the store that all share, and what others have changed in it since it was heard last. */
  readonly node: string;
  /** A clause for people. */
  readonly reason: string;
}

/** An answer for the whole cluster, as far as it goes. */
export interface Told<T> {
  readonly value: T;
  /** Sorted by node; empty: the answer is whole. */
  readonly unanswered: readonly Unanswered[];
}

/** What is looked for. */
export type Subject =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string };

export interface Found {
  readonly allocations: readonly Allocation[];
  /** Of an address. */
  readonly state: AddressState | undefined;
}

/** What daemons found when they checked themselves. */
export interface CheckReport {
  readonly violations: readonly (Violation & OfNode)[];
  readonly awaited: readonly (AwaitedRelease & OfNode)[];
  readonly leftovers: readonly (Violation & OfNode)[];
  readonly allocations: number;
  readonly blocks: number;
  /** Whose daemons. */
  readonly nodes: readonly string[];
}

export interface OfNode {
  /** Whose daemon says so. */
  readonly node: string;
}

/** Other daemons of the cluster. What one says is of its own knowledge. Each call has a deadline, and throws an IpamError. */
export interface Peers {
  /** Whose daemons are there, as far as can be told; without this one. Never throws: with no news, those of before. */
  nodes(): Promise<readonly string[]>;
  /** Blocks that it keeps. */
  blocks(node: string): Promise<readonly BlockUsage[]>;
  page(node: string, request: PageRequest): Promise<AllocationPage>;
  find(node: string, subject: Subject): Promise<Found>;
  check(node: string): Promise<CheckReport>;
  /** What that daemon takes back by itself, and when. */
  due(node: string): Promise<readonly DueRelease[]>;
  explain(node: string, subject: ExplainSubject): Promise<Explanation>;
  /** What the record of its daemon says. */
  history(node: string, question: HistoryQuestion): Promise<NodeHistory>;
  /** When that node runs out. */
  forecast(node: string): Promise<readonly Forecast[]>;
}

/** Which Pods have which addresses, by somebody else's word than their daemons'. */
export interface PodAddresses {
  /** @throws IpamError store-unavailable, permission-denied */
  onNode(node: string): Promise<readonly { readonly pod: PodRef; readonly addresses: readonly string[] }[]>;
}

/** What operators ask of the cluster, whichever daemon they ask. */
export interface ClusterAdministration {
  readonly node: string;
  blocks(node?: string): Promise<Told<readonly BlockUsage[]>>;
  pools(): Promise<Told<readonly PoolUsage[]>>;
  /** Every node with a block, a claim, an address or a daemon. Sorted. */
  nodes(): Promise<readonly string[]>;
  page(request: PageRequest): Promise<Told<AllocationPage>>;
  find(subject: Subject): Promise<Told<Found>>;
  check(): Promise<Told<CheckReport>>;
  /** What daemons take back by themselves, and when. */
  due(): Promise<Told<readonly (DueRelease & OfNode)[]>>;
  explain(subject: ExplainSubject): Promise<Told<Explanation>>;
  free(pool: string, next: number): Promise<Told<FreeAddresses>>;
  /**
   * What the records of all daemons say, sorted by node and by when they were begun.
   * @param record only of this one; undefined: of all
   */
  history(question: HistoryQuestion, record?: RecordName): Promise<Told<readonly NodeHistory[]>>;
  /** Pools and subnets as the daemon that is asked sees them, each node as its own does. @param subject undefined: all */
  forecast(subject?: ForecastSubject): Promise<Told<readonly Forecast[]>>;
}

/** One record of a node. */
export interface RecordName {
  readonly node: string;
  /** When it was begun, milliseconds since 1970; undefined: whichever the node has. */
  readonly begun: number | undefined;
}

/** What was, as far as one daemon's own record tells. */
export interface Remembering {
  /** @throws IpamError storage-damaged, store-unavailable */
  history(question: HistoryQuestion): Promise<NodeHistory>;
}

/** When pools, subnets and the node of one daemon run out. */
export interface Forecasting {
  /** @param subject undefined: all that it knows of */
  forecast(subject?: ForecastSubject): readonly Forecast[];
}

/** Why things are as they are, as far as one daemon knows. */
export interface Explaining {
  /**
   * What of a pool is free, as far as this daemon knows.
   * @param next how many of those that go next
   * @throws IpamError not-found (no such pool), store-unavailable
   */
  free(pool: string, next: number): Promise<FreeAddresses>;
  /** @throws IpamError not-found (no such pool), store-unavailable */
  explain(subject: ExplainSubject): Promise<Explanation>;
}

/** What comes back by itself, of one daemon. */
export interface Collecting {
  /** What is due, and when; nothing is taken back. */
  due(): readonly DueRelease[];
  /** Takes back now what is due. @returns what that was */
  collect(): Promise<readonly DueRelease[]>;
}

/** What `check` finds, of one daemon, and what it does about it. */
export interface Repairing {
  /** @throws IpamError store-unavailable */
  repairs(): Promise<readonly Repair[]>;
  /**
   * Carries out repairs, after another look at each.
   * @param ids absent: all that can be carried out
   * @throws IpamError store-unavailable
   */
  repair(reason: string, ids?: readonly string[]): Promise<readonly RepairOutcome[]>;
}

/** What operators ask of a daemon: of itself, and of the cluster. */
export interface ClusterwideAdministration
  extends Administration,
    Explaining,
    Collecting,
    Repairing,
    Remembering,
    Forecasting {
  readonly draining: Draining;
  readonly cluster: ClusterAdministration;
}
