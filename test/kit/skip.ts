import { beforeEach } from 'vitest';

/** Skips each test of the suite, and says why. @param reason why they cannot run here; empty: they can */
export function skipEach(reason: string): void {
  beforeEach((context) => context.skip(reason !== '', reason));
}
