import { z } from 'zod';
import type { Range } from '../../ip/range.ts';
import { parseJsonText } from '../../resources/json-text.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import { parseWith } from '../../resources/schema.ts';
import { type AnnotationPlace, familiesOf, readRanges, refusal } from '../fixed-texts.ts';

/** Calico's annotation of exact addresses: a JSON list of one for each IP family at most. */
export const ipAddrs = 'cni.projectcalico.org/ipAddrs';

const listSchema = z.array(z.string().regex(/^[^/-]*$/, 'an address, without a length and no range')).max(64);

/** @returns undefined: it fixes none @throws IpamError invalid-config */
export function addressesByAnnotation(
  annotations: Labels,
  subject: string,
): { readonly origin: string; readonly ranges: readonly Range[] } | undefined {
  const text = ownValue(annotations, ipAddrs);
  if (text === undefined) return undefined;
  const origin = `annotation ${ipAddrs} of ${subject}`;
  const place: AnnotationPlace = { origin, annotation: ipAddrs, form: '["10.0.0.9"] or ["10.0.0.9","fd00::9"]' };
  const ranges = readRanges(parseWith(listSchema, parseJsonText(text, origin), origin), place);
  if (familiesOf(ranges).length < ranges.length) {
    throw refusal(place, 'an interface gets one address of each IP family');
  }
  return { origin, ranges };
}
