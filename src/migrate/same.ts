import { isDeepStrictEqual } from 'node:util';
import { kindOf } from '../resources/kinds.ts';
import { unmarked } from '../resources/migration-marks.ts';
import { ownValue } from '../resources/own-value.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { readPool } from './pools.ts';

/**
 * Does the copy say what the original says? An API server fills defaults in, and webhooks and controllers add labels
 * and finalizers: what they add is no difference. Whose it is and how far its migration is, is not compared.
 */
export function isEquivalent(original: Resource, copy: Resource): boolean {
  const { labels = {}, annotations, finalizers = [], deletionTimestamp } = original.metadata;
  return (
    isDeepStrictEqual(meaning(original), meaning(copy)) &&
    isWithin(labels, copy.metadata.labels ?? {}) &&
    isWithin(unmarked(annotations) ?? {}, copy.metadata.annotations ?? {}) &&
    finalizers.every((one) => copy.metadata.finalizers?.includes(one)) &&
    (deletionTimestamp === undefined || copy.metadata.deletionTimestamp !== undefined)
  );
}

function isWithin(some: Readonly<Record<string, string>>, all: Readonly<Record<string, string>>): boolean {
  return Object.entries(some).every(([key, value]) => ownValue(all, key) === value);
}

/** A pool by what it gives, so that one range written in two ways is one range; whether it does now is another question. */
function meaning(resource: Resource): unknown {
  const pool = resource.kind === poolKind ? readPool(resource) : undefined;
  if (pool !== undefined) return { ...pool, labels: undefined, disabled: undefined };
  const read = kindOf(resource.kind).specSchema.safeParse(resource.spec);
  return read.success ? read.data : resource.spec;
}
