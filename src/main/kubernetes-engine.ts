import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { KubernetesEndpoints } from '../daemon/kubernetes/kubernetes-endpoints.ts';
import { KubernetesPodAddresses } from '../daemon/kubernetes/kubernetes-pod-addresses.ts';
import { KubernetesPods } from '../daemon/kubernetes/kubernetes-pods.ts';
import { PodEvents } from '../daemon/kubernetes/pod-events.ts';
import { parseHostPort } from '../members/addresses.ts';
import { systemClock } from '../platform/clock.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';
import { version } from './version.ts';

/** State in the API server of a cluster, which tells about Pods as well. @throws IpamError invalid-config, unsupported */
export function openKubernetesEngine({ kubeconfig, node, grpcAddr }: DaemonConfig, metrics: Metrics, log: Log): Engine {
  const client = new KubernetesClient({
    access: kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(kubeconfig),
    userAgent: `ipam-daemon/${version}`,
    // Our answer must be there before the CNI executable gives a call up, after 15 s.
    requestDeadlineMs: 12_000,
    onRequest: (verb, resource, code, seconds) => {
      metrics.apiRequests.inc({ verb, resource, code });
      metrics.apiDuration.observe({ verb }, seconds);
    },
  });
  const pods = new KubernetesPods(client, node);
  const events = new PodEvents({ client, node, clock: systemClock, log });
  const stop = new AbortController();
  let following: Promise<unknown> = Promise.resolve();
  return {
    store: new KubernetesStore({ client }),
    isShared: true,
    completesDeletions: false,
    pods,
    // The controller that leads does.
    speaksForPools: async () => false,
    // Every node's daemon is configured as this one: without gRPC over TCP no daemon can ask another.
    ...(grpcAddr === '' ? {} : { present: new KubernetesEndpoints(client, parseHostPort(grpcAddr).port) }),
    podAddresses: new KubernetesPodAddresses(client),
    onRefused: (pod, error) => events.refused(pod, error),
    begin: async () => {
      const pause = systemClock.pause.bind(systemClock);
      ({ ended: following } = await pods.follow({ log, signal: stop.signal, pause, retryFirstList: true }));
    },
    end: async () => {
      stop.abort();
      await following;
      await client.close();
    },
  };
}
