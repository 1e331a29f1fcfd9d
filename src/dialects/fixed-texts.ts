import type { Address, Family } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatRange, parseRange, type Range, rangeSize, rangesOverlap } from '../ip/range.ts';
import type { RequestedAddress } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';

/** Most addresses that one annotation names: each may be tried for one Pod. */
const addressLimit = 4_096n;

/** Where a dialect's annotation stands, and what it should look like. */
export interface AnnotationPlace {
  /** `annotation kube-ipam.ip of Pod "shop/web-0"`. */
  readonly origin: string;
  readonly annotation: string;
  readonly form: string;
}

export function refusal({ origin, annotation, form }: AnnotationPlace, why: string, advice?: string): IpamError {
  return new IpamError('invalid-config', `${origin}: ${why}`, {
    advice: advice ?? `the form is ${form}`,
    facts: { annotation },
  });
}

/** @throws IpamError invalid-config when `parse` throws an AddressError */
export function readAddress<T>(text: string, place: AnnotationPlace, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw refusal(place, error.message);
  }
}

/** Addresses and ranges, none twice and not too many. @throws IpamError invalid-config */
export function readRanges(texts: readonly string[], place: AnnotationPlace): readonly Range[] {
  if (texts.every((text) => text === '')) throw refusal(place, 'it names no address');
  const ranges: Range[] = [];
  for (const text of texts) {
    if (text === '') throw refusal(place, 'there is a comma with no address beside it');
    const range = readAddress(text, place, parseRange);
    const twice = ranges.find((other) => rangesOverlap(other, range));
    if (twice !== undefined)
      throw refusal(place, `${formatRange(range)} and ${formatRange(twice)} have addresses in common`);
    ranges.push(range);
  }
  const count = ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
  if (count > addressLimit) {
    throw refusal(
      place,
      `it names ${count} addresses, more than ${addressLimit}`,
      'make a SpiderIPPool of them, and name that',
    );
  }
  return ranges;
}

/** One address of each IP family that they have. */
export function requestedOf(
  ranges: readonly Range[],
  more: Omit<RequestedAddress, 'family' | 'ranges'>,
): readonly RequestedAddress[] {
  return familiesOf(ranges).map((family) => ({
    family,
    ranges: ranges.filter(({ first }) => first.family === family),
    ...more,
  }));
}

export function familiesOf(ranges: readonly Range[]): readonly Family[] {
  return ([4, 6] as const).filter((family) => ranges.some(({ first }) => first.family === family));
}

/** `255.255.0.0` as 16; undefined: no mask is written so. */
export function maskLength({ family, value }: Address): number | undefined {
  if (family !== 4) return undefined;
  const hosts = 0xff_ff_ff_ffn - value;
  // Ones, then zeros: what is left of it is one less than a power of two.
  if ((hosts & (hosts + 1n)) !== 0n) return undefined;
  return 32 - hosts.toString(2).replace(/^0$/, '').length;
}
