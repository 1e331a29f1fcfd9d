import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { ControllerLease } from '../daemon/kubernetes/controller-lease.ts';
import { KubernetesEndpoints } from '../daemon/kubernetes/kubernetes-endpoints.ts';
import { parseHostPort } from '../members/addresses.ts';
import { systemClock } from '../platform/clock.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';
import { controllerNamespace } from './own-namespace.ts';
import { openPodSource } from './pod-source.ts';

/** State in the API server of a cluster, which tells about Pods as well. @throws IpamError invalid-config, unsupported */
export function openKubernetesEngine({ kubeconfig, node, grpcAddr }: DaemonConfig, metrics: Metrics, log: Log): Engine {
  const { client, ...source } = openPodSource(kubeconfig, node, metrics, log);
  const controller = new ControllerLease(client, controllerNamespace(client), systemClock);
  return {
    ...source,
    store: new KubernetesStore({ client }),
    isShared: true,
    completesDeletions: false,
    // The controller that leads does.
    speaksForPools: async () => false,
    controllerState: () => controller.state(),
    // Every node's daemon is configured as this one: without gRPC over TCP no daemon can ask another.
    ...(grpcAddr === '' ? {} : { present: new KubernetesEndpoints(client, parseHostPort(grpcAddr).port) }),
  };
}
