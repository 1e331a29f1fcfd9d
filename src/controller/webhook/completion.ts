import { completeResource } from '../../resources/complete.ts';
import { jsonPatch, type PatchStep } from '../../resources/json-patch.ts';
import type { Resource } from '../../resources/resource.ts';
import { isSameWish } from '../../resources/rules/review.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { admitted, objectOf } from './admitted.ts';

/**
 * What the mutating webhook adds to an object: see `completeResource`. Who writes only metadata gets only metadata: a
 * spec that was never asked about must not change under the hands of somebody who sets a label.
 * @param subnets all of them, as stored
 */
export function completionOf(
  { operation, object, oldObject }: AdmissionRequest,
  subnets: readonly Resource[],
): readonly PatchStep[] {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return [];
  const given = objectOf(object, 'object');
  const resource = admitted(object, 'object');
  const complete = completeResource(resource, subnets);
  if (complete === resource) return [];
  const { labels, finalizers, ownerReferences } = complete.metadata;
  const metadata = { ...objectOf(given.metadata, 'object.metadata'), labels, finalizers, ownerReferences };
  const isMetadataOnly = operation === 'UPDATE' && isSameWish(admitted(oldObject, 'oldObject'), resource);
  return jsonPatch(given, { ...given, metadata, ...(isMetadataOnly ? {} : { spec: complete.spec }) });
}
