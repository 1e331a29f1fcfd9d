import { randomUUID } from 'node:crypto';
import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import type { EtcdConfig } from '../config/etcd-config.ts';
import { EtcdClient } from '../store/etcd/client.ts';
import { EtcdPresences } from '../store/etcd/etcd-presences.ts';
import { EtcdStore } from '../store/etcd/etcd-store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';
import { seenFromAny } from './own-endpoint.ts';
import { keepParkedClaims } from './parked-upkeep.ts';
import { openPodSource } from './pod-source.ts';

/**
 * State in an etcd that somebody else runs, shared with all daemons that name it. Of Pods it knows what an API server tells,
 * where a kubeconfig names one.
 * @throws IpamError invalid-config
 */
export function openEtcdEngine(
  { endpoints, tls, prefix }: EtcdConfig,
  { node, kubeconfig, enableStatefulSet, enableKubevirtStaticIP }: DaemonConfig,
  metrics: Metrics,
  log: Log,
): Engine {
  const client = new EtcdClient({ endpoints, tls });
  const presences = new EtcdPresences({ client, prefix });
  const store = new EtcdStore({
    client,
    now: Date.now,
    newUid: randomUUID,
    ...(prefix === undefined ? {} : { prefix }),
  });
  const engine: Engine = {
    store,
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
  if (kubeconfig === undefined) return engine;
  const source = openPodSource(kubeconfig, node, metrics, log);
  const stop = new AbortController();
  let upkeep: Promise<void> = Promise.resolve();
  return {
    ...engine,
    pods: source.pods,
    podAddresses: source.podAddresses,
    onRefused: source.onRefused,
    onByHand: source.onByHand,
    onReleased: source.onReleased,
    begin: async () => {
      // What is not listed yet is asked for live: a start need not wait for a second server.
      source.begin().catch((error: unknown) => log.error({ err: error }, 'cannot follow the Pods of this node'));
      const isOwnTurn = () => presences.isSpeaker(node);
      const { signal } = stop;
      upkeep = keepParkedClaims({
        store,
        client: source.client,
        isOwnTurn,
        enableStatefulSet,
        enableKubevirtStaticIP,
        log,
        signal,
      });
    },
    end: async () => {
      stop.abort();
      await upkeep;
      await source.end();
      client.close();
    },
  };
}
