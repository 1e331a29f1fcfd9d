import type { Address } from '../../ip/address.ts';

/**
 * The address that an index of `spec.allocations` stands for (whereabouts, pkg/storage/kubernetes/ipam.go and
 * pkg/iphelpers). The index is the distance from the address that `spec.range` names, kept in 64 bits and written as a
 * signed number: distances of 2^63 and more are negative. Of IPv4, distances of 2^32-1 and more are no address.
 * @returns undefined for what whereabouts itself reads as no address
 */
export function allocatedAddress(base: Address, index: string): Address | undefined {
  const offset = int64(index);
  if (offset === undefined) return undefined;
  const distance = BigInt.asUintN(64, offset);
  if (base.family === 6) return { family: 6, value: BigInt.asUintN(128, base.value + distance) };
  const value = base.value + distance;
  return value < 1n << 32n && distance < 0xffffffffn ? { family: 4, value } : undefined;
}

/** As Go's `strconv.ParseInt(text, 10, 64)`. No number that fits has many digits but for zeros in front. */
function int64(text: string): bigint | undefined {
  const [, sign, digits] = /^([+-]?)0*(\d{1,19})$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(`${sign === '-' ? '-' : ''}${digits}`);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Did 64 bits have room for the distance of every address of the range? Else an index is that of several. */
export function isExact({ prefixLength, family }: { readonly prefixLength: number; readonly family: 4 | 6 }): boolean {
  return family === 4 || prefixLength >= 64;
}

/** Can an index stand for this address: is its distance the same in 64 bits? */
export function isCongruent(a: Address, b: Address): boolean {
  return a.family === b.family && BigInt.asUintN(64, a.value - b.value) === 0n;
}
