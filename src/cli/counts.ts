/**
 * A count as data: a number, or its digits where no JSON number is exact. What programs read as one number must not be
 * another.
 */
export function countData(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
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
