import { readFileSync } from 'node:fs';

/** The kernel's name for this start of the machine, the same in every container; undefined: it does not tell. */
export function bootOfMachine(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
