/**
 * A count as data: a number, or its digits where no JSON number is exact. What programs read as one number must not be
 * another. Null: unknown.
 */
export function countData(digits: string): number | string | null {
  if (digits === '') return null;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** A count of which a part may be unknown: at least so many. A daemon of an earlier version knows of no such part. */
export function atLeast(digits: string, unknown: string): string {
  if (!isUnknown(unknown)) return digits;
  return digits === '0' || digits === '' ? '?' : `>=${digits}`;
}

/** The same as data. */
export function countWhenKnown(digits: string, unknown: string): number | string | null {
  return isUnknown(unknown) ? null : countData(digits);
}

export function isUnknown(unknown: string): boolean {
  return unknown !== '' && unknown !== '0';
}

/** Share in use. Never 0 or 100 % where that is not so: the last free address is what an operator looks for. */
export function percent(usedDigits: string, totalDigits: string): string {
  const [used, total] = [BigInt(usedDigits), BigInt(totalDigits)];
  if (total === 0n) return '-';
  const tenths = (used * 1000n + total / 2n) / total;
  if (tenths === 0n && used > 0n) return '<0.1%';
  if (tenths === 1000n && used < total) return '>99.9%';
  return `${tenths / 10n}.${tenths % 10n}%`;
}

export function familyName(family: number): string {
  return `IPv${family}`;
}
