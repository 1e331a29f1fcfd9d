import type { Family } from '../ip/address.ts';

/*
 * What Spiderpool's values are in the words of our schemas. What is none stays as it is, for the schema to refuse.
 */

/** `15` of a variable that counts seconds. */
export function secondsOf(text: unknown): unknown {
  return `${text}s`;
}

/** Where a server listens whose port a variable says. */
export function onPort(text: unknown): unknown {
  return `0.0.0.0:${text}`;
}

/** Spiderpool has two levels above `error`. */
export function levelOf(text: unknown): unknown {
  return text === 'fatal' || text === 'panic' ? 'error' : text;
}

/** `enableIPv4` and `enableIPv6`. What is no boolean, the schema refuses. */
export function familiesOf(...enabled: readonly unknown[]): unknown {
  const strange = enabled.find((one) => one !== undefined && typeof one !== 'boolean');
  if (strange !== undefined) return strange;
  return ([4, 6] as const).filter((_family: Family, index) => enabled[index] !== false);
}

/** Spiderpool refuses what it detects. What is no boolean, the schema refuses. */
export function refusing(enabled: unknown): unknown {
  return typeof enabled === 'boolean' ? (enabled ? 'refuse' : 'none') : enabled;
}

/** Is what several keys turn off on? What is no boolean, the schema refuses. */
export function allOn(...enabled: readonly unknown[]): unknown {
  return enabled.find((one) => one !== undefined && one !== true) ?? true;
}
