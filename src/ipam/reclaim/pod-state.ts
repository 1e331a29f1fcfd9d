/** What is with a Pod of a UID. */
export type PodState =
  | { readonly kind: 'lives' }
  /** None of this UID is there. */
  | { readonly kind: 'gone' }
  /** All its containers have ended, and none is started again. */
  | { readonly kind: 'finished'; readonly phase: 'Succeeded' | 'Failed' }
  /** It was deleted. @property endsAt when its grace period is over, milliseconds since 1970 */
  | { readonly kind: 'terminating'; readonly endsAt: number };

/** What a Pod's object says of its end. */
export interface PodObject {
  /** @property deletionTimestamp RFC 3339: when it should be gone, its grace period included */
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status?: { readonly phase?: string };
}

export function stateOfPod({ metadata: { deletionTimestamp }, status: { phase } = {} }: PodObject): PodState {
  if (phase === 'Succeeded' || phase === 'Failed') return { kind: 'finished', phase };
  return deletionTimestamp === undefined
    ? { kind: 'lives' }
    : { kind: 'terminating', endsAt: Date.parse(deletionTimestamp) };
}
