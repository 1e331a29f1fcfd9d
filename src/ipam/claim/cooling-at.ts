import { endOfCooldown } from '../../allocator/cooldown-end.ts';
import type { CoolingAddress } from '../allocation.ts';

/** What is left of a cool-down by the clock as it stands now, which may have been set back since. @returns the same object: it is as it was */
export function coolingAt(cooling: CoolingAddress, now: number, cooldownMs: number): CoolingAddress {
  const until = endOfCooldown(cooling.until, now, cooldownMs);
  return until === cooling.until ? cooling : { ...cooling, until };
}
