import { setTimeout as pause } from 'node:timers/promises';

/** Far more than a slow machine takes for anything: a wait that is not in vain ends long before. */
const longestMs = 120_000;

/** A condition that waits itself is no work, and is asked again soon. */
const longestRestMs = 300;

/**
 * Polls until the condition gives something, or says what it waited for in vain. A condition that is work, as a program
 * that is run, rests as long as it took: what is waited for needs the machine as well.
 */
export async function waitFor<T>(
  what: string,
  condition: () => Promise<T | undefined> | T | undefined,
  ms = longestMs,
  everyMs = 10,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const asked = performance.now();
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await pause(Math.max(everyMs, Math.min(performance.now() - asked, longestRestMs)));
  }
}
