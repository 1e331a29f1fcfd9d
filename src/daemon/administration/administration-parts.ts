import type { Collecting, Forecasting, Peers, PodAddresses } from '../../ipam/cluster-port.ts';
import type { AwaitedRelease } from '../../ipam/reclaim/awaited.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Pace } from '../../platform/pace.ts';
import type { Connectivity } from '../../store/connectivity.ts';
import type { Store } from '../../store/store.ts';
import type { AddressSources } from '../allocation/address-sources.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { FixedAddresses } from '../allocation/fixed-addresses.ts';
import type { NodeDrain } from '../allocation/node-drain.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { Quarantines } from '../allocation/quarantines.ts';
import type { RangePools } from '../allocation/range-pools.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { Noting } from '../history/history-notes.ts';
import type { Journal } from '../journal/journal.ts';
import type { MalformedObjects } from '../recovery/malformed-objects.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { Catalog } from '../view/catalog.ts';

/** What administration works on: the state that serves the runtime, and who else can be asked. */
export interface AdministrationParts {
  readonly node: string;
  readonly store: Store;
  readonly sandboxDeadlineMs: number;
  /** How long what is released cools down where its pool does not say, milliseconds. */
  readonly defaultCooldownMs: number;
  readonly ipam: NodeIpam;
  readonly catalog: Catalog;
  readonly sources: AddressSources;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly fixed: FixedAddresses;
  readonly quarantines: Quarantines;
  readonly notes: Noting;
  readonly ranges: RangePools;
  readonly journal: Journal;
  readonly drain: NodeDrain;
  readonly malformed: MalformedObjects;
  readonly history: StoreHistory;
  readonly clock: Clock;
  /** For what walks over everything held; absent: it is done at once. */
  readonly pace: Pace | undefined;
  /** Does the store that daemons share answer? Undefined: it is this machine's own. */
  readonly connectivity: Pick<Connectivity, 'outage'> | undefined;
  /** Throws while this daemon, started without the store, does not know what others have. */
  readonly requireCurrent: () => void;
  /** What stays taken although its Pod is gone or should have ended. */
  readonly awaited: () => readonly AwaitedRelease[];
  readonly onReleased: DaemonOptions['onReleased'];
  /** What comes back by itself, and takes it back now. */
  readonly garbage: Collecting;
  /** When pools, subnets and this node run out. */
  readonly forecasts: Forecasting;
  /** Claims again what is on record and no claim stands for. */
  readonly secure: () => Promise<void>;
  /** Is a network namespace of this path on the machine? */
  readonly hasNetns: (path: string) => boolean;
  /** Is a node's daemon there? Without an answer, the operator's word counts. */
  readonly isPresent: ((node: string) => Promise<boolean>) | undefined;
  /** Who can be asked what other daemons alone know; undefined: nobody. */
  readonly peers: Peers | undefined;
  /** Who tells of Pods' addresses when their daemons do not; undefined: nobody. */
  readonly podAddresses: PodAddresses | undefined;
}
