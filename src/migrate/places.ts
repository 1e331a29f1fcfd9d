import type { Journal } from '../daemon/journal/journal.ts';
import type { Resource } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { SourceContents } from './holdings.ts';

/** Where a migration reads. */
export interface Source {
  /**
   * All that it has now, read anew each time.
   * @param made what this migration has made in the target so far: what a source no longer tells of its pools
   */
  readonly read: (made: readonly Resource[]) => Promise<SourceContents>;
  /** One of our own engines, which can be told to give nothing out; undefined: another IPAM, which must be stopped. */
  readonly store: Store | undefined;
  /** How long its daemons may use what they took before they heard that they must not, milliseconds; 0: none runs. */
  readonly settleMs: number;
  /** Why another IPAM may still give addresses out, one line each; empty: nothing speaks for it. */
  readonly inUse: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Where a migration writes. */
export interface Target {
  readonly store: Store;
  /** The record of this node's daemon, for what the source knows of this node's containers; undefined: it stays as it is. */
  readonly journal: Journal | undefined;
  /** Does it let a copy have the uid of what it was made of? */
  readonly keepsUids: boolean;
  /** Does it delete objects whose owners it does not know? */
  readonly deletesOrphans: boolean;
  /** What people should know of this target and these holdings. */
  readonly warnings: (holdings: SourceContents) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}
