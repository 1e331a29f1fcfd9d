import { insteadOf } from '../dialects/unsupported.ts';

/** @returns why a key of `ipam` that nothing here reads is refused; undefined: it is another plugin's, and changes no address */
export function whyRefused(key: string, known: readonly string[]): string | undefined {
  const instead = insteadOf(key);
  if (instead !== undefined) return instead;
  const meant = known.find((one) => isMisspelt(key.toLowerCase(), one.toLowerCase()));
  return meant === undefined ? undefined : `is ${meant} meant?`;
}

/** One letter in four may be wrong, two at most: what is further off is another word. */
function isMisspelt(key: string, known: string): boolean {
  const limit = Math.min(2, Math.floor(known.length / 4));
  return Math.abs(key.length - known.length) <= limit && distance(key, known) <= limit;
}

/** How many letters must be put in, left out or exchanged to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
