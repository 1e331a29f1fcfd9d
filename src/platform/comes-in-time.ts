import type { Clock } from './clock.ts';

/**
 * Does it come within so long? It goes on in any case: nothing here can end it.
 * @param ms milliseconds
 * @throws what it throws within that time
 */
export async function comesInTime(
  awaited: Promise<unknown>,
  ms: number,
  clock: Pick<Clock, 'pause'>,
): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([awaited.then(() => true), clock.pause(ms, over.signal).then(() => false)]);
  } finally {
    over.abort();
  }
}
