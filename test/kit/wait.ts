import { setTimeout as pause } from 'node:timers/promises';

/** Far more than a slow machine takes for anything: a wait that is not in vain ends long before. */
const longestMs = 60_000;

/** Polls until the condition gives something, or says what it waited for in vain. */
export async function waitFor<T>(
  what: string,
  condition: () => Promise<T | undefined> | T | undefined,
  ms = longestMs,
  everyMs = 10,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await pause(everyMs);
  }
}
