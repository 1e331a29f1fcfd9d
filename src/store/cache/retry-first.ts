import { IpamError, isIpamError, passesByItself } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';

export interface FirstListOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Waits also when the first list is refused: for a store that is unreachable, or has yet to learn what we may do. */
  readonly retryFirstList?: boolean;
  /** What the kind was when it was last seen: shown at once when the store is unreachable, until it can be listed. */
  readonly lastKnown?: readonly unknown[] | undefined;
  /** Resolves when what was known last is shown although the store has not said yet whether it is there. */
  readonly fallbackAfter?: Promise<void>;
  /** Waits before the next try after a failure; resolves early, without error, when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Between two tries, milliseconds: the pause doubles from the one to the other. */
export const retryPauses = { first: 100, longest: 10_000 } as const;

/** Waits for a list no longer than what was known last may be shown instead of it. @throws IpamError store-unavailable */
export type InTime = <T>(listed: Promise<T>) => Promise<T>;

/**
 * Lists a kind for the first time, again and again where the store may be waited for.
 * @returns what `list` returns; undefined: the store does not answer, and what was known last is to be gone by
 * @throws what `list` throws
 */
export async function retryFirst<T>(
  kind: string,
  list: (inTime: InTime) => Promise<T>,
  { log, signal, pause, retryFirstList = false, lastKnown, fallbackAfter = new Promise(() => {}) }: FirstListOptions,
): Promise<T | undefined> {
  // Packets that are dropped make no error: to hear of them takes longer than a runtime waits for the start.
  const late = fallbackAfter.then((): never => {
    throw new IpamError('store-unavailable', 'the store has not answered yet');
  });
  late.catch(() => {});
  const inTime: InTime = (listed) => (lastKnown === undefined ? listed : Promise.race([listed, late]));
  for (let wait: number = retryPauses.first; ; wait = Math.min(wait * 2, retryPauses.longest)) {
    try {
      return await list(inTime);
    } catch (error) {
      if (lastKnown !== undefined && passesByItself(error)) {
        log.warn({ err: error, kind, objects: lastKnown.length }, 'cannot list; going by what was seen last');
        return undefined;
      }
      const passes = passesByItself(error) || isIpamError(error, 'permission-denied');
      if (!retryFirstList || signal.aborted || !passes) throw error;
      log.warn({ err: error, kind, wait }, 'cannot list; trying again');
    }
    await pause(wait, signal);
  }
}
