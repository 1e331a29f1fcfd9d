import type { Allocation } from '../../ipam/allocation.ts';
import type { ReleaseCause } from '../../ipam/reclaim/release-cause.ts';
import type { Clock } from '../../platform/clock.ts';
import { IpamError } from '../../resources/errors.ts';

export interface Taking {
  /** Takes addresses and records them. */
  readonly take: () => Promise<Allocation>;
  /** Asks the network. @returns what somebody else uses of them, and is in quarantine now */
  readonly examine: (allocation: Allocation) => Promise<readonly string[]>;
  readonly isQuarantined: (allocation: Allocation) => boolean;
  readonly giveBack: () => Promise<unknown>;
  readonly clock: Pick<Clock, 'now'>;
}

export const inQuarantine: ReleaseCause = { reason: 'conflict', text: 'somebody else uses it: it is in quarantine' };

/** Addresses that an ADD takes and finds in use, before it gives up. */
const attempts = 16;
/**
 * After so many milliseconds no further one is taken: an attempt takes up to conflicts.wait (5 s) and some, and the CNI executable
 * gives up after 15 s.
 */
const retriesMs = 7_000;

/**
 * Takes addresses until nobody else uses them, as far as can be told.
 * @param recorded what was recorded for an ADD that was not answered: asked for before anything is taken
 * @throws IpamError not-ready when it finds too many in use, or for too long: what it found is in quarantine, so that the next ADD is faster
 */
export async function takeUnused(taking: Taking, recorded?: Allocation): Promise<Allocation> {
  const { take, examine, isQuarantined, giveBack, clock } = taking;
  const began = clock.now();
  const used: string[] = [];
  let allocation = recorded ?? (await take());
  for (let attempt = 1; ; attempt += 1) {
    const found = await examine(allocation);
    // Also where its quarantine was lifted or forgotten at once: somebody has just answered for it.
    if (found.length === 0 && !isQuarantined(allocation)) return allocation;
    used.push(...found);
    // Nobody has it yet, and nobody is to.
    await giveBack();
    if (attempt === attempts || clock.now() - began >= retriesMs) throw quarantinedMeanwhile(used);
    allocation = await take();
  }
}

/** @param used what somebody else uses of what was taken and quarantined; empty: operators were faster */
function quarantinedMeanwhile(used: readonly string[]): IpamError {
  const which = used.length === 0 ? '' : `: ${used.join(', ')}`;
  return new IpamError('not-ready', `addresses go into quarantine while they are taken${which}`, {
    advice:
      used.length === 0
        ? 'try again'
        : 'try again: these are not given any more; ipam-cli scan finds such addresses before',
  });
}
