import { sandboxDeadlineMs } from './garbage.ts';

/** When a daemon takes back by itself what no DEL came for. Times in milliseconds. */
export interface ReclaimPolicy {
  /** False: nothing comes back because of what its Pod, its namespace or its interface is found to be. */
  readonly isOn: boolean;
  /** An allocation younger than this may be of a sandbox that is still being made. */
  readonly sandboxDeadlineMs: number;
  /**
   * A Pod that is deleted by force goes from the API server before its containers end: so long they may take, and
   * so long nobody is asked again.
   */
  readonly goneAfterMs: number;
  /** Is it enough that a Pod should have ended, where its network namespace is gone? */
  readonly isTerminatingEnough: boolean;
  /** How long after its grace period. */
  readonly terminatingDelayMs: number;
  /** How long a network namespace must have been away that was there before; undefined: that alone is never enough. */
  readonly sandboxGoneMs: number | undefined;
  /** The same of an interface; undefined: nobody looks. */
  readonly interfaceMissingMs: number | undefined;
}

export const defaultReclaimPolicy: ReclaimPolicy = {
  isOn: true,
  sandboxDeadlineMs,
  goneAfterMs: 60_000,
  isTerminatingEnough: true,
  terminatingDelayMs: 5_000,
  sandboxGoneMs: 10 * 60_000,
  interfaceMissingMs: undefined,
};
