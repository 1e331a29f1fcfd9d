import { isDeepStrictEqual } from 'node:util';
import { isIpamError } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';

const attempts = 5;

/**
 * Makes a stored status say what it should, unless it does so already. Who else wrote the object meanwhile does not
 * matter: nobody else writes its status.
 * @throws IpamError conflict after five of them in a row
 */
export async function writeStatus(store: Store, resource: Stored<Resource>, status: unknown): Promise<boolean> {
  return change(store, resource, async (present) => {
    if (isDeepStrictEqual(present.status, status)) return false;
    await store.updateStatus({ ...present, status });
    return true;
  });
}

/** Puts the finalizer on an object, or takes it off. @throws IpamError conflict after five of them in a row */
export async function writeFinalizer(
  store: Store,
  resource: Stored<Resource>,
  finalizer: string,
  isWanted: boolean,
): Promise<boolean> {
  return change(store, resource, async (present) => {
    const { finalizers = [], deletionTimestamp } = present.metadata;
    // What is being deleted takes no new finalizer.
    if (finalizers.includes(finalizer) === isWanted || (isWanted && deletionTimestamp !== undefined)) return false;
    const next = isWanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
    await store.update({ ...present, metadata: { ...present.metadata, finalizers: next } });
    return true;
  });
}

/** Repeats a write on the object as it is, as long as it is the same object. */
async function change(
  store: Store,
  seen: Stored<Resource>,
  write: (present: Stored<Resource>) => Promise<boolean>,
): Promise<boolean> {
  const { kind, metadata } = seen;
  let present: Stored<Resource> | undefined = seen;
  for (let attempt = 1; present?.metadata.uid === metadata.uid; attempt += 1) {
    try {
      return await write(present);
    } catch (error) {
      if (isIpamError(error, 'not-found')) return false;
      if (!isIpamError(error, 'conflict') || attempt === attempts) throw error;
    }
    present = await store.get({ kind, name: metadata.name });
  }
  return false;
}
