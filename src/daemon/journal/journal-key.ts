import { familyBits, parseAddress } from '../../ip/address.ts';
import { AddressError } from '../../ip/errors.ts';
import type { CoolingAddress } from '../../ipam/allocation.ts';
import { entriesOf } from '../../ipam/history/entry-text.ts';
import { inScope, scopeOf } from '../../resources/scope.ts';
import { recordAddress } from './journal.ts';
import { recordedAllocation } from './journal-record.ts';
import { segmentOf } from './segment-text.ts';

/** Record classes of the journal: who holds, and what cools down. */
export const holdPrefix = 'a ';
export const cooldownPrefix = 'r ';
/** Records of entries of the history that are not packed yet, segments of it, and how the clock stood. */
export const entryPrefix = 'h ';
export const segmentPrefix = 'p ';
export const clockKey = 'clock';
/** When the journal was begun. */
export const begunKey = 'begun';
/** Which start of the machine the record is of. */
export const bootKey = 'boot';

/**
 * Where an address's record is: the prefix, the family, the value in hexadecimal of full width, the scope if it is not
 * the default. Addresses are
 * given one after the other, so a group of records falls on one or two pages of the database, where the
 * random names of containers would dirty a page each and a commit would take twice as long.
 */
export function journalKey(
  prefix: typeof holdPrefix | typeof cooldownPrefix,
  { address, pool }: { readonly address: string; readonly pool: string },
): string {
  const { family, value } = parseAddress(address);
  return inScope(`${prefix}${family}${value.toString(16).padStart(familyBits(family) / 4, '0')}`, scopeOf(pool));
}

/** Where a record or a segment of the history is, by the number of its first entry. */
export function historyKey(prefix: typeof entryPrefix | typeof segmentPrefix, sequence: number): string {
  return `${prefix}${sequence.toString(36).padStart(sequenceDigits, '0')}`;
}

/** Enough for 2^51: a million entries a second for seventy years. */
const sequenceDigits = 10;

/** Where a value of the journal belongs. @returns undefined when it is nothing that this version knows by its value */
export function recordedKeyOf(value: unknown): string | undefined {
  try {
    if (typeof value === 'string') {
      const [entry] = entriesOf(value);
      if (entry !== undefined) return historyKey(entryPrefix, entry.sequence);
      const segment = segmentOf(value);
      if (segment !== undefined) return historyKey(segmentPrefix, segment.first);
      const allocation = recordedAllocation(value);
      return allocation === undefined ? undefined : journalKey(holdPrefix, recordAddress(allocation));
    }
    const { address, pool } = (value ?? {}) as Partial<CoolingAddress>;
    if (typeof address !== 'string' || typeof pool !== 'string') return undefined;
    return journalKey(cooldownPrefix, { address, pool });
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

export function belongsInJournal(key: string, value: unknown): boolean {
  if (key === begunKey) return typeof value === 'number';
  if (key === clockKey) return typeof value === 'object';
  return key === bootKey ? typeof value === 'string' : recordedKeyOf(value) === key;
}
