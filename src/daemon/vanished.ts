import type { Range } from '../ip/range.ts';
import type { StoreHistory } from './store-history.ts';

/** A claim or block that this daemon knows, when a list comes. */
export interface Known<T> {
  readonly item: T;
  readonly addresses: Range;
  readonly isListed: boolean;
  /** Made by this daemon, and not shown yet: a list on its way may be older. */
  readonly isUnseen: boolean;
  readonly isOwn: boolean;
  /** A record of this daemon stands behind it. */
  readonly isInUse: boolean;
}

/**
 * What a list lacks. It was released while nobody looked, or the store has forgotten it: what this daemon has on record and
 * did not release tells which, and what others had is out of use until they could take it again.
 */
export function vanishedAmong<T>(kind: string, known: readonly Known<T>[], history: StoreHistory): readonly T[] {
  const missing = known.filter(({ isListed }) => !isListed);
  const lost = missing.filter(({ isOwn, isInUse, isUnseen }) => isOwn && isInUse && !isUnseen).length;
  const others = missing.filter(({ isOwn }) => !isOwn);
  if (lost > 0) history.wentBack(kind, `${lost} that this node has on record are gone`);
  else history.requireFew(kind, others.length, known.filter(({ isOwn }) => !isOwn).length);
  // What was asked for just before is forgotten like the rest.
  const isForgetting = history.isNews(kind);
  history.holdBack(others.map(({ addresses }) => addresses));
  return missing.flatMap(({ item, isUnseen }) => (isUnseen && !isForgetting ? [] : [item]));
}
