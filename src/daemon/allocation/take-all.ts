/** What came of taking several: what was taken, in the order of what was wanted, and the first failure. */
export interface TakenAll<T> {
  readonly taken: readonly T[];
  readonly failure?: { readonly error: unknown };
}

/**
 * Takes one thing for each want, and does not wait for one before it begins with the next: an interface of both families
 * costs as long as one. Wants that look as if nothing were left for them come first, one by one: an ADD that one of them ends
 * has written nothing for the others, however often a runtime repeats it.
 * @param isDoubtful tells without taking, from what is known here
 */
export function takeAll<W, T>(
  wants: readonly W[],
  take: (want: W) => Promise<T>,
  isDoubtful: (want: W) => boolean,
): Promise<TakenAll<T>> {
  const [only] = wants;
  return wants.length === 1 && only !== undefined ? takeOne(only, take) : takeSeveral(wants, take, isDoubtful);
}

async function takeSeveral<W, T>(
  wants: readonly W[],
  take: (want: W) => Promise<T>,
  isDoubtful: (want: W) => boolean,
): Promise<TakenAll<T>> {
  const taken = new Map<W, T>();
  const takeFor = async (want: W): Promise<void> => void taken.set(want, await take(want));
  const inOrder = (): readonly T[] => wants.flatMap((want) => taken.get(want) ?? []);
  const doubtful = wants.filter(isDoubtful);
  try {
    for (const want of doubtful) await takeFor(want);
  } catch (error) {
    return { taken: inOrder(), failure: { error } };
  }
  const outcomes = await Promise.allSettled(wants.filter((want) => !taken.has(want)).map(takeFor));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  return { taken: inOrder(), ...(failed === undefined ? {} : { failure: { error: failed.reason } }) };
}

/** What nearly every call comes to: nothing has to be kept in order. */
async function takeOne<W, T>(want: W, take: (want: W) => Promise<T>): Promise<TakenAll<T>> {
  try {
    return { taken: [await take(want)] };
  } catch (error) {
    return { taken: [], failure: { error } };
  }
}
