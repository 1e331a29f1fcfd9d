import { afterAll, beforeAll, describe } from 'vitest';
import { conformanceKinds, describeStoreConformance } from '../../src/store/conformance.ts';
import { KubernetesStore } from '../../src/store/kubernetes/kubernetes-store.ts';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { skipEach } from '../kit/skip.ts';
import { clientOf } from './client.ts';
import { compact } from './compact.ts';
import { define } from './definitions.ts';

const reason = needsControlPlane();

describe('on a real API server', () => {
  const controlPlane = new ControlPlane();
  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await define(controlPlane, conformanceKinds);
    await controlPlane.kubectl('create', 'namespace', 'default-2');
  });
  afterAll(() => controlPlane.stop());

  describeStoreConformance('Kubernetes', async () => {
    const clients = [clientOf(controlPlane)];
    const open = (): KubernetesStore => {
      const client = clientOf(controlPlane);
      clients.push(client);
      return new KubernetesStore({ client, types: conformanceKinds });
    };
    return {
      store: open(),
      reopen: async () => open(),
      forget: () => compact(controlPlane),
      choosesUids: true,
      dispose: async () => {
        for (const client of clients) client.close();
        const store = new KubernetesStore({ client: clientOf(controlPlane), types: conformanceKinds });
        for (const { kind } of conformanceKinds) {
          const { items } = await store.list(kind);
          for (const { metadata } of items) {
            const { name, namespace } = metadata;
            await store.delete({ kind, name, ...(namespace === undefined ? {} : { namespace }) }, undefined);
          }
        }
      },
    };
  });
});
