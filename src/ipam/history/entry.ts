import type { Allocation } from '../allocation.ts';
import type { Attachment, PodRef } from '../attachment.ts';

/** What happens to addresses. `held`: had already when the record was begun, or what told of it before is left out of the record now. */
export const addressEvents = [
  'allocated',
  'adopted',
  'moved',
  'held',
  'released',
  'parked',
  'freed',
  'quarantined',
  'lifted',
] as const;
/** What happens to the record itself, and to its clock. */
export const recordEvents = ['started', 'stopped', 'clock-set'] as const;

export type AddressEvent = (typeof addressEvents)[number];
export type RecordEvent = (typeof recordEvents)[number];
export type HistoryEvent = AddressEvent | RecordEvent;

/** An address, and of which pool it was; an empty text: nothing tells. */
export interface PastAddress {
  readonly address: string;
  readonly pool: string;
}

/** What is written down of an event; when, and as the how many-th, the record adds. */
export interface HistoryNote {
  readonly what: HistoryEvent;
  /** Whose container or Pod; of the record itself whose daemon's; empty: nothing tells. */
  readonly node: string;
  readonly addresses: readonly PastAddress[];
  readonly attachment?: Attachment | undefined;
  readonly pod?: PodRef | undefined;
  /** For whom the addresses stay: `Pod shop/web-0`, `Identity db`; absent: for nobody. */
  readonly identity?: string | undefined;
  /** Why it came back: one of `releaseReasons`. */
  readonly reason?: string | undefined;
  /** What was seen, or what an operator gave as reason, in words. */
  readonly detail?: string | undefined;
  /** Since when its holder had the addresses, milliseconds since 1970 by the clock of then; 0: another IPAM gave them, which does not say. Absent: no record stood behind a claim. */
  readonly since?: number | undefined;
  /** Of `clock-set`: by how much the clock was put forward, milliseconds; negative: back. */
  readonly by?: number | undefined;
}

/** How it began that somebody has addresses. */
export interface Beginning {
  readonly what: AddressEvent;
  readonly detail: string;
}

/** One line of a node's record: never changed, and left out when its time is over. */
export interface HistoryEntry extends HistoryNote {
  /** From 1, one more for each entry of a record: what is missing in between was lost. */
  readonly sequence: number;
  /** Milliseconds since 1970, as the node's clock showed it then. */
  readonly at: number;
}

/** Begins with this entry that somebody has the addresses? */
export function isBeginning({ what }: Pick<HistoryNote, 'what'>): boolean {
  return what === 'allocated' || what === 'adopted' || what === 'moved' || what === 'held';
}

export function ofAllocation(
  what: AddressEvent,
  { node, attachment, pod, addresses, createdAt }: Allocation,
  more: Pick<HistoryNote, 'identity' | 'reason' | 'detail'> = {},
): HistoryNote {
  return {
    what,
    node,
    attachment,
    pod,
    addresses: addresses.map(({ address, pool }) => ({ address, pool })),
    since: createdAt,
    ...more,
  };
}
