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

/** With less time left than this, milliseconds, an overloaded server is not asked once more. */
const shortestRestMs = 500;

export interface Turn {
  /** 0 after the first attempt. */
  readonly attempt: number;
  /** What the server asked for: seconds; undefined: nothing. */
  readonly retryAfterSeconds: number | undefined;
  /** Until the caller gives up, milliseconds. */
  readonly leftMs: number;
  /** 0..1, so that a thousand daemons do not come back together. */
  readonly chance: number;
}

/**
 * Milliseconds until the next attempt: at least what the server asks for and up to half as long again, else twice as
 * long each time. A server that sheds load asks all whom it refused to come back in the same second, and for longer
 * each time (Kubernetes 1.36: up to 32 s): one that asks for more than is left is tried once more in the second half of it.
 * @returns undefined: the time is over
 */
export function pauseBefore({ attempt, retryAfterSeconds, leftMs, chance }: Turn): number | undefined {
  const grown = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs) * (0.5 + chance);
  if (retryAfterSeconds === undefined) return grown < leftMs ? grown : undefined;
  const asked = Math.max(retryAfterSeconds * 1000 * (1 + chance / 2), grown);
  if (asked < leftMs) return asked;
  return leftMs < shortestRestMs ? undefined : (leftMs / 2) * (1 + chance * 0.9);
}
