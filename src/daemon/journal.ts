import type { Allocation, RestingAddress } from '../ipam/allocation.ts';

/** One change to the node's record of who holds what. */
export type JournalChange =
  | { readonly type: 'hold'; readonly allocation: Allocation }
  | { readonly type: 'drop'; readonly key: string }
  | { readonly type: 'rest'; readonly resting: RestingAddress }
  | { readonly type: 'wake'; readonly address: string };

export interface JournalContents {
  readonly allocations: readonly Allocation[];
  readonly resting: readonly RestingAddress[];
}

/** The node's durable record of container → addresses. Keys are attachment keys and addresses. */
export interface Journal {
  /** Everything recorded, once, at start. @throws IpamError storage-damaged */
  load(): JournalContents;
  /**
   * All changes of one call, or none, durable when it resolves. Calls made while another commit is
   * being synced share the next sync.
   * @throws IpamError storage-full, store-unavailable; then none of the changes happened
   */
  commit(changes: readonly JournalChange[]): Promise<void>;
  close(): Promise<void>;
}
