import { isDeepStrictEqual } from 'node:util';
import { AddressError } from '../../src/ip/errors.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { wordOf } from './word.ts';

/** Runs what may refuse its input. @returns the word of its refusal, or what it made @throws what is no refusal */
export function refusedOr<T>(act: () => T): { readonly refused: string } | { readonly made: T } {
  try {
    return { made: act() };
  } catch (error) {
    return { refused: refusalWord(error) };
  }
}

/** @throws the error itself when it is none of those that a user may see */
export function refusalWord(error: unknown): string {
  if (error instanceof AddressError) return `refused: ${wordOf(error.reason)}`;
  if (error instanceof IpamError) return `refused: ${error.code} ${wordOf(error.message)}`;
  throw error;
}

export function requireSame(what: string, first: unknown, second: unknown): void {
  if (isDeepStrictEqual(first, second)) return;
  throw new Error(`${what}: ${shown(first)} became ${shown(second)}`);
}

export function requireThat(holds: boolean, what: string, value: unknown): void {
  if (!holds) throw new Error(`${what}: ${shown(value)}`);
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'undefined'
  );
}
