import type { HistoryEntry } from './entry.ts';

/** Whose past is asked for. */
export type HistorySubject =
  /** Canonical text. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node' | 'pool'; readonly name: string };

export interface HistoryQuestion {
  readonly subject: HistorySubject;
  /** Who had it at this time, milliseconds since 1970; undefined: all that happened. */
  readonly at?: number | undefined;
  /** What happened, or was so, in this time only. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Entries of one record behind this number, the earliest first; undefined: the latest ones. */
  readonly after?: number | undefined;
  /** How many entries of a record at most, and how many who had something. 1..5,000 */
  readonly limit: number;
}

/** Is it of what is asked for, as a whole? */
export function isAbout({ subject }: Pick<HistoryQuestion, 'subject'>, entry: HistoryEntry): boolean {
  switch (subject.kind) {
    case 'address':
      return entry.addresses.some(({ address }) => address === subject.address);
    case 'pool':
      return entry.addresses.some(({ pool }) => pool === subject.name);
    case 'pod':
      return entry.pod?.namespace === subject.namespace && entry.pod.name === subject.name;
    case 'node':
      return entry.node === subject.name;
  }
}
