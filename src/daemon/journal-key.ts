import { familyBits, parseAddress } from '../ip/address.ts';
import { inScope, scopeOf } from '../resources/scope.ts';

/** Record classes of the journal: who holds, and what rests. */
export const holdPrefix = 'a ';
export const restPrefix = 'r ';
/** When the journal was begun. */
export const begunKey = 'begun';

/**
 * Where an address's record is: the prefix, the family, the value in hexadecimal of full width, the scope if it is not
 * the default. Addresses are
 * given one after the other, so a group of records falls on one or two pages of the database, where the
 * random names of containers would dirty a page each and a commit would take twice as long.
 */
export function journalKey(
  prefix: typeof holdPrefix | typeof restPrefix,
  { address, pool }: { readonly address: string; readonly pool: string },
): string {
  const { family, value } = parseAddress(address);
  return inScope(`${prefix}${family}${value.toString(16).padStart(familyBits(family) / 4, '0')}`, scopeOf(pool));
}
