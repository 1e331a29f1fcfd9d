/** By how much an end may lie too far ahead, milliseconds: clocks are put right by less all the time. */
const toleranceMs = 60_000;

/**
 * The end of a cool-down, by the clock as it stands now. One that lies further ahead than a cool-down lasts was reckoned by a clock
 * that was ahead, and has been set back since (or the pool's cool-down has become shorter): it lasts once more as long as any, and not
 * until that clock's time has come. Milliseconds since 1970, both times.
 */
export function endOfCooldown(until: number, now: number, cooldownMs: number): number {
  return until - now > cooldownMs + toleranceMs ? now + cooldownMs : until;
}
