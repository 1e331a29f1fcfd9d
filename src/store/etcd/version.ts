import { IpamError } from '../../resources/errors.ts';

/**
 * A resourceVersion: the revision of etcd that a write made. Writes that went in one transaction share their revision;
 * each has an index in it as well, `1042.3`. A version without an index is all of its revision.
 */
export interface Version {
  readonly revision: number;
  readonly index: number | undefined;
}

/** The index of the first delete in a revision, whose value could not keep one; behind those of all puts. */
export const firstDeleteIndex = 1_000;

export function formatVersion({ revision, index }: Version): string {
  return index === undefined ? String(revision) : `${revision}.${index}`;
}

/** @throws IpamError invalid-argument */
export function parseVersion(text: string): Version {
  const match = /^(\d{1,16})(?:\.(\d{1,4}))?$/.exec(text);
  if (match === null) throw new IpamError('invalid-argument', `"${text}" is not a version of this store`);
  const [, revision, index] = match;
  return { revision: Number(revision), index: index === undefined ? undefined : Number(index) };
}

/** Is what happened at one version among what is known at another? */
export function isSeenAt(seen: Version, happened: Version): boolean {
  if (happened.revision !== seen.revision) return happened.revision < seen.revision;
  const all = Number.POSITIVE_INFINITY;
  return (happened.index ?? all) <= (seen.index ?? all);
}
