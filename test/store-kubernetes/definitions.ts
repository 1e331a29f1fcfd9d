import { collectionPath, type ResourceType } from '../../src/store/kubernetes/api-path.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { servedKind } from '../cluster/served-kind.ts';
import { waitFor } from '../kit/wait.ts';

/** Makes an API server serve these types, with no schema: what an object may say is not what these tests are about. */
export async function define(controlPlane: ControlPlane, types: readonly ResourceType[]): Promise<void> {
  await controlPlane.apply({ apiVersion: 'v1', kind: 'List', items: types.map(definition) });
  for (const type of types) {
    await waitFor(`${type.plural} to be served`, async () => {
      const { status } = await controlPlane.request('GET', collectionPath(type));
      return status === 200 || undefined;
    });
  }
}

function definition({ kind, apiVersion, plural, namespaced, statusSubresource }: ResourceType): object {
  // One kind's plural may be another's name; a singular of its own cannot clash.
  const singular = `one-of-${plural}`;
  return servedKind({ apiVersion, kind, plural, singular, isOfCluster: !namespaced, hasStatus: statusSubresource });
}
