import { waitFor } from '../kit/wait.ts';
import type { ClaimLookout } from './leak-yard.ts';

/** Addresses that were abandoned in one way. */
export interface LeakCase {
  readonly name: string;
  /** By which reason they are to come back, as the log of a daemon or of the controller has it. */
  readonly reason: string;
  /** What its rule says: not before, and not after, milliseconds. */
  readonly notBefore: number;
  readonly within: number;
  /** Since when each is abandoned, milliseconds since 1970. */
  readonly since: ReadonlyMap<string, number>;
}

export interface Measured {
  readonly leak: LeakCase;
  /** Ascending, milliseconds. */
  readonly times: readonly number[];
  readonly early: readonly string[];
  readonly otherReason: readonly string[];
}

/** What a case may take beyond its rule before it counts as never: two busy cores, and hundreds at once. */
const patienceMs = 180_000;

export async function measured(leak: LeakCase, lookout: ClaimLookout, logs: () => string): Promise<Measured> {
  const { name, reason, since, within, notBefore } = leak;
  const left = (): readonly string[] => [...since.keys()].filter((address) => lookout.goneAt(address) === undefined);
  await waitFor(
    `what was abandoned by "${name}" to come back`,
    () => left().length === 0 || undefined,
    within + patienceMs,
    100,
  ).catch((error: unknown) => {
    throw new Error(`${error}: ${left().length} of ${since.size} are left, as ${left().slice(0, 5)}`);
  });
  const took = (address: string): number => (lookout.goneAt(address) ?? 0) - (since.get(address) ?? 0);
  const isTold = (address: string): boolean =>
    reason === '' || new RegExp(`${address.replaceAll('.', '\\.')}\\b[^\\n]*\\b${reason}\\b`).test(logs());
  const untold = (): readonly string[] => [...since.keys()].filter((address) => !isTold(address));
  // The log has it when the claim is gone.
  await waitFor('the log to say why', () => untold().length === 0 || undefined, 10_000, 500).catch(() => undefined);
  return {
    leak,
    times: [...since.keys()].map(took).sort((a, b) => a - b),
    early: [...since.keys()].filter((address) => took(address) < notBefore),
    otherReason: untold(),
  };
}

/** A table as docs/reclaim.md has it. */
export function leakTable(all: readonly Measured[]): string {
  const seconds = (ms = 0): string => (ms / 1000).toFixed(1);
  const rows = all.map(({ leak: { name, notBefore, within }, times, early }) => {
    const middle = times[Math.floor(times.length / 2)];
    const figures = [times[0], middle, times.at(-1)].map(seconds).join(' | ');
    return `| ${name} | ${times.length} | ${seconds(notBefore)} | ${seconds(within)} | ${figures} | ${early.length} |`;
  });
  const total = all.reduce((sum, { times }) => sum + times.length, 0);
  const head = '| abandoned | how many | not before | within | least | median | most | early |';
  return [head, '|---|---|---|---|---|---|---|---|', ...rows, '', `${total} in all`].join('\n');
}
