/**
 * Where a database keeps what all its records come to: it changes in the same transaction as they do, so a record that
 * vanished, or came back in an earlier state, is noticed. A database without it was written before there was one.
 * The key sorts beside the version counter of the store, whose page every write dirties anyway.
 */
export const sealKey = 'seal';

export interface Seal {
  /** How many records there are, this one left out. */
  readonly count: number;
  /** The sum of their checksums, modulo 2^32. */
  readonly sum: number;
}

export const emptySeal: Seal = { count: 0, sum: 0 };

export function withRecord({ count, sum }: Seal, record: Buffer): Seal {
  return { count: count + 1, sum: (sum + record.readUInt32LE(0)) >>> 0 };
}

export function withoutRecord({ count, sum }: Seal, record: Buffer): Seal {
  return { count: count - 1, sum: (sum - record.readUInt32LE(0)) >>> 0 };
}

/** @returns what is wrong, for people; undefined: the records are those that were sealed */
export function brokenSeal(sealed: Seal, found: Seal): string | undefined {
  if (sealed.count !== found.count) return `it has ${found.count} records, and ${sealed.count} were written`;
  return sealed.sum === found.sum ? undefined : 'one of its records is older than what was written last';
}
