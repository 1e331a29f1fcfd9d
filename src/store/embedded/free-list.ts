const wordBytes = 8;

export interface FreeRun {
  readonly first: number;
  readonly count: number;
}

/**
 * Pages of one record of LMDB's list of free ones, as the `lmdb` package writes it: a count of words, then page numbers.
 * A negative word says how many pages begin at the number after it; a zero is room for others.
 * @returns what is wrong with it, for people
 */
export function freePages(list: Buffer): readonly FreeRun[] | string {
  if (list.length < wordBytes) return 'a list of free pages is empty';
  const words = Number(list.readBigInt64LE(0));
  if (words < 0 || (words + 1) * wordBytes > list.length) return `a list of free pages has ${words} words`;
  const runs: FreeRun[] = [];
  let count = 1;
  for (let index = 1; index <= words; index += 1) {
    const word = Number(list.readBigInt64LE(index * wordBytes));
    if (word > 0) {
      runs.push({ first: word, count });
      count = 1;
    } else if (word < 0) count = -word;
  }
  return count === 1 ? runs : 'a list of free pages ends too soon';
}
