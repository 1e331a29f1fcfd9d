import type { Collecting, Explaining, Forecasting, Peers, Remembering, Told } from '../../../ipam/cluster-port.ts';
import type { FreeAddresses } from '../../../ipam/explain/free.ts';
import type { Administration } from '../../../ipam/port.ts';
import type { Store } from '../../../store/store.ts';
import type { Asked } from '../free.ts';
import type { StandInParts } from './stand-ins.ts';

/** What answers for all daemons are put together from. */
export interface ClusterParts extends StandInParts {
  /** What of a pool is free, by the word of those who are asked. */
  readonly free: (pool: string, next: number, asked: Asked) => Promise<Told<FreeAddresses>>;
  readonly local: Administration & Explaining & Collecting & Remembering & Forecasting;
  readonly peers: Peers;
  readonly store: Store;
  /** Why what others have changed in the store is not seen; empty: it is. */
  readonly outage: () => string;
}
