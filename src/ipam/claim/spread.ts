/**
 * Where a daemon begins to look for something free, so that daemons which start at once do not all reach for the
 * same: a place told by its name (FNV-1a), evenly over all places.
 * @param count how many places there are
 * @returns 0..count-1
 */
export function spreadIndex(name: string, count: bigint): bigint {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (BigInt(mixed(hash)) * count) >> 32n;
}

/** Names that differ in the last digit must not lie side by side (the finaliser of MurmurHash3). */
function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
