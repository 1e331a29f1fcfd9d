/** More writes than etcd takes in one transaction, and the deletes among them. */
const placesInGroup = 10_000n;

/**
 * A number that orders versions of one store as they came: `1042`, or `1042.3` for a write that shares its revision with
 * others (etcd). One without a place stands for all of its revision.
 */
export function versionOrder(version: string): bigint {
  const [revision = '', place] = version.split('.');
  return BigInt(revision) * placesInGroup + (place === undefined ? placesInGroup - 1n : BigInt(place));
}
