import type { Range } from '../../ip/range.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { versionOrder } from '../../store/version-order.ts';
import type { StoreHistory } from './store-history.ts';

/** A claim or block that this daemon knows, when a list comes. */
export interface Known<T> {
  readonly item: T;
  readonly metadata: Stored<Resource>['metadata'];
  readonly addresses: Range;
  /** Made by this daemon, and not shown yet: a list on its way may be older. */
  readonly isUnseen: boolean;
  readonly isOwn: boolean;
  /** Does a record of this daemon stand behind it? Asked of what is gone only. */
  readonly isInUse: () => boolean;
}

/**
 * What a list lacks. It was released while nobody looked, or the store has forgotten it: what this daemon has on record and
 * did not release tells which, and what others had is out of use until they could take it again.
 */
export function vanishedAmong<T>(
  kind: string,
  known: readonly Known<T>[],
  list: readonly Stored<Resource>[],
  history: StoreHistory,
): readonly T[] {
  const listed = new Map(list.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]));
  const missing = known.filter(({ metadata }) => !listed.has(metadata.uid));
  const lost = missing.filter(({ isOwn, isUnseen, isInUse }) => isOwn && !isUnseen && isInUse());
  const others = missing.filter(({ isOwn }) => !isOwn);
  if (isEndOf(lost, known, listed)) history.wentBack(kind, `${lost.length} that this node has on record are gone`);
  // What was asked for just before is forgotten like the rest.
  const isForgetting = history.isNews(kind);
  history.holdBack(others.map(({ addresses }) => addresses));
  return missing.flatMap(({ item, isUnseen }) => (isUnseen && !isForgetting ? [] : [item]));
}

/**
 * A store that went back has forgotten the end of its history: nothing that was written after the last of what is lost is
 * there as it was. With such an object there, a hand deleted the lost ones, or `ipam-cli forget` did.
 */
function isEndOf(
  lost: readonly Known<unknown>[],
  known: readonly Known<unknown>[],
  listed: ReadonlyMap<string, string>,
): boolean {
  if (lost.length === 0) return false;
  // What this daemon wrote and nothing has shown yet may have been written after the store went back.
  const left = known.filter(
    ({ metadata, isUnseen }) => !isUnseen && listed.get(metadata.uid) === metadata.resourceVersion,
  );
  return latestOf(lost) > latestOf(left);
}

function latestOf(known: readonly Known<unknown>[]): bigint {
  let latest = -1n;
  for (const { metadata } of known) {
    const order = versionOrder(metadata.resourceVersion);
    if (order > latest) latest = order;
  }
  return latest;
}
