import { randomUUID } from 'node:crypto';
import type { EtcdConfig } from '../config/etcd-config.ts';
import { EtcdClient } from '../store/etcd/client.ts';
import { EtcdPresences } from '../store/etcd/etcd-presences.ts';
import { EtcdStore } from '../store/etcd/etcd-store.ts';
import type { Engine } from './engine.ts';
import { seenFromAny } from './own-endpoint.ts';

/** State in an etcd that somebody else runs, shared with all daemons that name it. @throws IpamError invalid-config */
export function openEtcdEngine({ endpoints, tls, prefix }: EtcdConfig, node: string): Engine {
  const client = new EtcdClient({ endpoints, tls });
  const presences = new EtcdPresences({ client, prefix });
  return {
    store: new EtcdStore({ client, now: Date.now, newUid: randomUUID, ...(prefix === undefined ? {} : { prefix }) }),
    isShared: true,
    completesDeletions: true,
    pods: undefined,
    presences,
    speaksForPools: () => presences.isSpeaker(node),
    present: presences,
    seenFrom: () => seenFromAny(endpoints.map((endpoint) => endpoint.replace(/^https?:\/\//, ''))),
    onRefused: () => {},
    begin: async () => {},
    end: async () => client.close(),
  };
}
