import { AddressError } from './errors.ts';

/** What a text that anybody may have written, or left out, says; undefined when it is no address, range or prefix. */
export function readable<T>(text: unknown, parse: (text: string) => T): T | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return undefined;
  }
}
