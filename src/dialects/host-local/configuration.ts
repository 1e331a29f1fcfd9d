import { z } from 'zod';
import type { Keys } from '../../resources/go-json.ts';
import { strictObject } from '../../resources/schema.ts';
import { addressText, subnetText } from '../config-texts.ts';

/** Of one range; `fixedStart` and `fixedEnd` are kube-ipam's, between which are the addresses that Pods ask for by themselves. */
const rangeKeys = {
  rangeStart: addressText.optional(),
  rangeEnd: addressText.optional(),
  fixedStart: addressText.optional(),
  fixedEnd: addressText.optional(),
  gateway: addressText.optional(),
};
const rangeSchema = strictObject({ subnet: subnetText, ...rangeKeys });
export type RangeSection = z.output<typeof rangeSchema>;

const rangeSets = z.array(z.array(rangeSchema).min(1, 'an empty range set').max(256)).max(16);
const rangePlaces: Keys = {
  subnet: 'kept',
  rangeStart: 'text',
  rangeEnd: 'text',
  fixedStart: 'text',
  fixedEnd: 'text',
  gateway: 'text',
};

export const keys = {
  ranges: rangeSets.optional(),
  /** Whereabouts': networks that never meet may have the same addresses. */
  network_name: z.string().max(253).optional(),
  subnet: subnetText.optional(),
  ...rangeKeys,
  /** host-local's directory: accepted so that its configurations work, and not used. */
  dataDir: z.string().optional(),
};
export type HostLocalSection = z.output<z.ZodObject<typeof keys>>;
export const places: Keys = { ...rangePlaces, ranges: rangePlaces, dataDir: 'text' };

/** The capability `ipRanges`. */
export const runtimeKeys = { ipRanges: rangeSets.optional() };
export type RuntimeRanges = z.output<z.ZodObject<typeof runtimeKeys>>;
export const runtimePlaces: Keys = { ipRanges: rangePlaces };
