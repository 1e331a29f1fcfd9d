import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeStoreConformance } from '../../src/store/conformance.ts';
import { EtcdStore } from '../../src/store/etcd/etcd-store.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { etcdVersions } from '../kit/etcd-versions.ts';

for (const { name, binary, isMissing } of etcdVersions()) {
  describe.skipIf(isMissing)(name, () => {
    let cluster: EtcdCluster;
    let stores = 0;

    beforeAll(async () => {
      cluster = await startEtcd({ binary, unix: true });
    });
    afterAll(() => cluster.dispose());

    describeStoreConformance(name, async () => {
      stores += 1;
      const prefix = `/test/${stores}`;
      const clients = [cluster.client()];
      const open = (client = clients[0] as (typeof clients)[0]) =>
        new EtcdStore({ client, prefix, now: Date.now, newUid: randomUUID });
      const store = open();
      return {
        store,
        reopen: async () => {
          const client = cluster.client();
          clients.push(client);
          return open(client);
        },
        forget: async () => {
          const client = clients[0] as (typeof clients)[0];
          const { header } = await client.range({ key: Buffer.from('any') });
          await client.compact(header.revision);
        },
        dispose: async () => {
          await store.close();
          for (const client of clients) client.close();
        },
      };
    });
  });
}
