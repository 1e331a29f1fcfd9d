import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from './mutation.ts';

/** The world in which a fault was found last. */
export interface FoundIn {
  readonly seed: number;
  /** Which world of the seed. */
  readonly world: number;
  /** Operations of that world until a promise broke. */
  readonly operations: number;
  /** Which promise, as the oracle calls it: `invariant 4`. */
  readonly as: string;
}

const file = join(import.meta.dirname, 'record.json');

/** Where each fault was found last, by its name. */
export function readRecord(): Readonly<Record<string, FoundIn>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, FoundIn>;
}

/** Writes where faults were found, in the order of the faults; what is no fault any more goes. */
export function writeRecord(faults: readonly Mutation[], record: Readonly<Record<string, FoundIn>>): void {
  const kept = faults.flatMap(({ name }) => {
    const foundIn = record[name];
    return foundIn === undefined ? [] : [[name, foundIn] as const];
  });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}
