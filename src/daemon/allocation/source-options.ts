import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Cooldowns } from '../journal/cooldowns.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { Catalog } from '../view/catalog.ts';
import type { PoolFence } from './pool-fence.ts';

/** What leased blocks and claims of shared pools both go by. */
export interface SourceOptions {
  /** This daemon's name. */
  readonly daemon: string;
  readonly store: Store;
  readonly catalog: Catalog;
  /** What cools down although the pool that it is of may have been made anew. */
  readonly cooldowns: Cooldowns;
  readonly clock: Clock;
  readonly cooldownMs: number;
  /** Other daemons take from the same pools: begin elsewhere than they do. */
  readonly spread: boolean;
  /** Asked before a new lease is used, and told before the last claim of a pool is given up; absent: nobody else disables pools. */
  readonly fence?: PoolFence | undefined;
  /** Is the store still the one that it was? */
  readonly history: StoreHistory;
}
