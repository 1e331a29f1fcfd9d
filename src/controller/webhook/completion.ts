import { isDeepStrictEqual } from 'node:util';
import { completeResource, completionWarnings } from '../../resources/complete.ts';
import { jsonPatch, type PatchStep } from '../../resources/json-patch.ts';
import type { Resource } from '../../resources/resource.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { admitted, objectOf } from './admitted.ts';

/** What the mutating webhook adds to an object, and what its author should know of it. */
export interface Completion {
  readonly patch: readonly PatchStep[];
  readonly warnings: readonly string[];
}

const nothing: Completion = { patch: [], warnings: [] };

/**
 * See `completeResource`. Who writes only metadata gets only metadata: a spec that was never asked about must not change
 * under the hands of somebody who sets a label. What counts is the text: kubectl sends the spelling of the manifest back
 * at each apply, and left as it is it would undo what was stored and count as a change.
 * @param subnets all of them, as stored
 */
export function completionOf(
  { operation, object, oldObject }: AdmissionRequest,
  subnets: readonly Resource[],
): Completion {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return nothing;
  const given = objectOf(object, 'object');
  const resource = admitted(object, 'object');
  const complete = completeResource(resource, subnets);
  if (complete === resource) return nothing;
  const isSpecWritten = operation === 'CREATE' || !isDeepStrictEqual(objectOf(oldObject, 'oldObject').spec, given.spec);
  // As the part of a SpiderSubnet it would offer nothing, and it was written when there was none.
  const isWhole = (spec: unknown): boolean => (spec as { readonly ips?: unknown }).ips === undefined;
  if (!isSpecWritten && isWhole(resource.spec) && !isWhole(complete.spec)) return nothing;
  const { labels, finalizers, ownerReferences } = complete.metadata;
  const metadata = { ...objectOf(given.metadata, 'object.metadata'), labels, finalizers, ownerReferences };
  return {
    patch: jsonPatch(given, { ...given, metadata, ...(isSpecWritten ? { spec: complete.spec } : {}) }),
    warnings: isSpecWritten ? completionWarnings(resource) : [],
  };
}
