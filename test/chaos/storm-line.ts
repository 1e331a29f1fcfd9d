import type { StormReport } from './storm.ts';

/** A storm in one line. */
export function stormLine({ seed, audits, calls, putOff, faults, problems }: StormReport): string {
  const kinds = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`);
  return [
    `storm: seed ${seed}`,
    `${audits} audits`,
    `faults: ${kinds.join(', ')}`,
    `${calls.ADD} ADD, ${calls.DEL} DEL, ${calls.CHECK} CHECK, ${putOff} of them told to try again`,
    `${problems.length} problems`,
  ].join('; ');
}
