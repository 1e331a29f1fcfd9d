import type { ApiStatus } from './api-error.ts';

/** How one attempt of a request ended, other than well. */
export type Failure =
  /** Nothing of the request left this machine, or it may have arrived, and no answer came. */
  | { readonly kind: 'broken'; readonly sent: boolean }
  | { readonly kind: 'answered'; readonly code: number; readonly status: ApiStatus | undefined };

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * May the request be sent again? A read always; a write only when the first one was surely not carried out, for
 * its caller takes care of the rest, and would not know that a create of ours met its own twin.
 */
export function mayRepeat(failure: Failure, isRead: boolean): boolean {
  if (failure.kind === 'broken') return isRead || !failure.sent;
  if (failure.code === 429) return true;
  if (isRead) return failure.code >= 500;
  // A server that shuts down refuses before it begins. A proxy's 503 can come after its server began.
  return failure.code === 503 && failure.status !== undefined;
}

/**
 * Milliseconds until the next attempt: what the server asks for, else twice as long each time.
 * @param attempt 0 after the first
 * @param chance 0..1, so that a thousand daemons do not come back together
 */
export function pauseBefore(attempt: number, retryAfterSeconds: number | undefined, chance: number): number {
  const grown = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs) * (0.5 + chance);
  return retryAfterSeconds === undefined ? grown : Math.max(retryAfterSeconds * 1000, grown);
}
