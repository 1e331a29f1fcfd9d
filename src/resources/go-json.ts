import { z } from 'zod';
import { strictObject } from './schema.ts';

/**
 * As `strictObject`, for texts that their authors' programs read with Go's encoding/json: a key may be in any case, and of
 * a key that stands twice the last counts.
 */
export function goObject<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodType<z.output<z.ZodObject<Shape>>> {
  return z.preprocess(foldKeys(Object.keys(shape)), strictObject(shape)) as z.ZodType<z.output<z.ZodObject<Shape>>>;
}

/** What takes the keys of an object for those of `known` that differ in case only. */
export function foldKeys(known: readonly string[]): (value: unknown) => unknown {
  const byFold = new Map(known.map((key) => [fold(key), key]));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [byFold.get(fold(key)) ?? key, member]));
  };
}

/** Go compares with Unicode's simple folding: besides upper and lower case, only these two have a partner in ASCII. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll('\u017f', 's').replaceAll('\u212a', 'k');
}

/**
 * What a key of an object that Go reads may hold. `value`: null is as if it were not there. `text`: so is the empty text,
 * which is how Go writes an address that was not set. `kept`: neither, Go refuses both. An object: the keys inside, through
 * lists of any depth.
 */
export type Place = 'value' | 'text' | 'kept' | Keys;
export interface Keys {
  readonly [key: string]: Place;
}

/** A key as `encoding/json` finds it: in any case, the last one of those that match. */
export function goField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let found: unknown;
  for (const [key, inner] of Object.entries(value)) {
    if (key.toLowerCase() === name.toLowerCase()) found = inner;
  }
  return found ?? undefined;
}
