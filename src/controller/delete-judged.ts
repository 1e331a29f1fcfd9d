import { isOvertaken } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';

/**
 * Deletes the version that was judged, and no other.
 * @returns false: somebody else released it, or it has changed; then it is for the next round
 * @throws IpamError store-unavailable
 */
export async function deleteJudged(
  store: Pick<Store, 'delete'>,
  { kind, metadata }: Stored<Resource>,
): Promise<boolean> {
  const { name, namespace, resourceVersion } = metadata;
  try {
    await store.delete({ kind, name, ...(namespace === undefined ? {} : { namespace }) }, resourceVersion);
    return true;
  } catch (error) {
    if (isOvertaken(error)) return false;
    throw error;
  }
}
