import type { Family } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import type { PodRef } from '../ipam/attachment.ts';
import type { Peers, PodAddresses } from '../ipam/cluster-port.ts';
import type { KeptUsage } from '../ipam/forecast/usage-record.ts';
import type { HistoryLimits } from '../ipam/history/retention.ts';
import type { PodFactsSource } from '../ipam/pod-facts.ts';
import type { PodLife } from '../ipam/reclaim/ended-pods.ts';
import type { KernelInterface } from '../ipam/reclaim/missing-interfaces.ts';
import type { ReclaimPolicy } from '../ipam/reclaim/policy.ts';
import type { ReleaseCause, Released } from '../ipam/reclaim/release-cause.ts';
import type { Clock } from '../platform/clock.ts';
import type { Pace } from '../platform/pace.ts';
import type { Block } from '../resources/block.ts';
import type { IpamError } from '../resources/errors.ts';
import type { Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ConflictOptions } from './allocation/conflict-guard.ts';
import type { KeptDrain } from './allocation/node-drain.ts';
import type { PoolFence } from './allocation/pool-fence.ts';
import type { Journal } from './journal/journal.ts';
import type { Disk } from './recovery/disk-health.ts';
import type { Position } from './recovery/position.ts';
import type { BirdBeside } from './routing/bird-beside.ts';
import type { KeptDisk, LastKnownStateDisk } from './view/last-known-state.ts';
import type { PlaceSources } from './view/own-place.ts';

/** What a daemon is made of, and how it is to behave. */
export interface DaemonOptions {
  readonly node: string;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly cooldownMs: number;
  readonly preleaseThreshold: number;
  readonly maintenanceIntervalMs: number;
  /** Other daemons share the store: it may be unreachable at the start, and what is free is looked for elsewhere than they do. */
  readonly isShared?: boolean;
  /** Are only this daemon's claims to be known, where somebody publishes what else is taken? Absent: all are watched. */
  readonly knowsOnlyOwnClaims?: boolean;
  /** Do addresses stay with whom they are for also where pools lease blocks? The same for all daemons of a store; absent: no. */
  readonly keepsInBlocks?: boolean;
  /** For what walks over everything held; absent: it is done at once. */
  readonly pace?: Pace;
  /** What tells where this node is in the network; absent: its IPAMNode object does. */
  readonly whereabouts?: PlaceSources;
  /** The BIRD whose file is to be kept up to date; absent: none is. */
  readonly bird?: BirdBeside | undefined;
  /** How much of the past is kept; absent: as is usual. */
  readonly history?: HistoryLimits;
  /** False: somebody else lets pools go that are being deleted. */
  readonly completesDeletions?: boolean;
  /** Where operators' writes are judged when not here, and how to ask there. */
  readonly judgedBy?: string;
  /** Nothing is used that was taken of a pool after somebody disabled or deleted it. */
  readonly fence?: PoolFence;
  /** Pools that the configuration asks for: created at the first start. */
  readonly clusterCidrs: readonly Prefix[];
  readonly blockSizes: Readonly<Record<Family, number>>;
  /** Is another node's daemon there? Without an answer, who says that it is gone is believed. */
  readonly isPresent?: (node: string) => Promise<boolean>;
  /** Other daemons of the cluster, to be asked what they alone know; absent: nobody can be asked. */
  readonly peers?: Peers;
  /** Who tells of Pods' addresses when their daemons do not. */
  readonly podAddresses?: PodAddresses;
  /** What else is kept on this machine's own disk, beside the journal. */
  readonly disks?: readonly Disk[];
  /** Where the last known state of a shared store is kept: with it, a daemon starts also while the store is unreachable. */
  readonly lastKnownState?: LastKnownStateDisk;
  /** Where it is kept how far a shared store was seen: with it, a start notices that the store went back meanwhile. */
  readonly position?: KeptDisk<Position>;
  /** Where it is kept that the node is emptied; absent: a restart forgets it. */
  readonly drain?: KeptDisk<KeptDrain>;
  /** What was out lately, for forecasts; absent: they begin anew with each start. */
  readonly usage?: KeptDisk<KeptUsage>;
  /** Milliseconds since the machine was started; absent: the clock is never set. */
  readonly elapsed?: () => number;
  /** Who tells about Pods; without, pools that ask for labels are given to nobody. */
  readonly podFacts?: PodFactsSource;
  /** Does a controller lead that makes automatic pools? A sentence; absent: none serves daemons like this. */
  readonly controllerState?: () => Promise<string>;
  /** False: addresses of a StatefulSet's Pods go with their containers (Spiderpool's key of this name). Default true. */
  readonly enableStatefulSet?: boolean;
  /** How many addresses the Pods of one namespace may hold in all, where the Namespace does not say; absent: any number. */
  readonly namespaceQuota?: number | undefined;
  /** False: addresses of KubeVirt's virtual machines go with their containers (Spiderpool's key of this name). Default true. */
  readonly enableKubevirtStaticIP?: boolean;
  /** Who tells whether Pods live; without, only the runtime's DEL and GC free what they hold. */
  readonly podLife?: PodLife;
  /** Is a network namespace of this path on the machine? Without an answer, a Pod that is gone has ended. */
  readonly hasNetns?: (path: string) => boolean;
  /** What is in a network namespace; absent: nobody can look. @returns undefined: nothing tells */
  readonly interfacesIn?: (netns: string) => Promise<readonly KernelInterface[] | undefined>;
  /** Which start of the machine this is: what is on record of an earlier one has ended. */
  readonly boot?: string | undefined;
  /** When what no DEL came for is taken back. */
  readonly reclaimPolicy?: ReclaimPolicy;
  /** Told when a Pod gets no address for a reason that repeating the call does not mend. */
  readonly onRefused?: (pod: PodRef, error: IpamError) => void;
  /** Told when an operator gives a Pod addresses, and why: for an Event on the Pod. */
  readonly onByHand?: (pod: PodRef, message: string) => void;
  /** Told of everything that comes back, and why: for Events, metrics and the audit log. */
  readonly onReleased?: (released: Released, cause: ReleaseCause) => void;
  /** Looks for others who use an address before it is answered; absent: nobody does, whatever pools say. */
  readonly conflicts?: ConflictOptions;
  readonly onLease?: (block: Stored<Block>) => void;
  readonly onReturn?: (block: Stored<Block>) => void;
}
