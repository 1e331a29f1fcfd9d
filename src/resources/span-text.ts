const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
] as const;

/**
 * How long something takes, for people, of two parts at most: `2h 30m`, `3d 4h`. What is months away is not told to the minute.
 * @param ms milliseconds @param short what is said of less than a minute
 */
export function spanText(ms: number, short = 'under a minute'): string {
  // Paces are fractions, and a second more or less is nothing.
  let left = Math.round(ms / 1_000) * 1_000;
  const first = units.findIndex((unit) => left >= unit.ms);
  if (first < 0) return short;
  const parts = units.slice(first, first + 2).map(({ name, ms: size }) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return { name, count };
  });
  return parts.flatMap(({ name, count }) => (count === 0 ? [] : `${count}${name}`)).join(' ');
}
