import { readFileSync } from 'node:fs';

/** Kept for the runtime's socket, databases, the store's connections and files, whatever comes over the network. */
const reserved = 256;
/** Of strangers, however many descriptors there are: a connection costs memory too. */
const mostStrangers = 500;
const fewest = 16;
/** Where there is no /proc to tell: what most systems begin with. */
const usual = 1_024;

export interface ConnectionShares {
  readonly ofStrangers: number;
  readonly ofKnown: number;
}

/** How many TCP connections a process may have, so that it never runs out of descriptors by them. */
export function connectionShares(descriptors: number): ConnectionShares {
  const left = Math.max(2 * fewest, descriptors - reserved);
  const ofStrangers = Math.min(mostStrangers, Math.floor(left / 2));
  return { ofStrangers, ofKnown: left - ofStrangers };
}

/** The limit of this process (getrlimit(2), RLIMIT_NOFILE). */
export function descriptorLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return Number(line?.[1] ?? usual);
  } catch {
    return usual;
  }
}
