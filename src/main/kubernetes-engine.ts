import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { ControllerLease } from '../daemon/kubernetes/controller-lease.ts';
import { KubernetesEndpoints } from '../daemon/kubernetes/kubernetes-endpoints.ts';
import { parseHostPort } from '../members/addresses.ts';
import { systemClock } from '../platform/clock.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';
import { NodeCertificate } from './node-certificate.ts';
import { controllerNamespace } from './own-namespace.ts';
import { openPodSource } from './pod-source.ts';
import { issuedFiles } from './security.ts';

/** State in the API server of a cluster, which tells about Pods as well. @throws IpamError invalid-config, unsupported */
export function openKubernetesEngine(config: DaemonConfig, metrics: Metrics, log: Log): Engine {
  const { kubeconfig, node, grpcAddr } = config;
  const { client, ...source } = openPodSource(kubeconfig, node, metrics, log);
  const lease = { namespace: controllerNamespace(client), ...config.controllerLease };
  const controller = new ControllerLease(client, lease, systemClock);
  const paths = issuedFiles(config.tls);
  const stop = new AbortController();
  let certified: Promise<unknown> = Promise.resolve();
  return {
    ...source,
    store: new KubernetesStore({ client }),
    isShared: true,
    completesDeletions: false,
    judgedBy: 'ask the API server: kubectl apply --dry-run=server, kubectl delete --dry-run=server, kubectl diff',
    // The controller that leads does.
    speaksForPools: async () => false,
    controllerState: () => controller.state(),
    // Every node's daemon is configured as this one: without gRPC over TCP no daemon can ask another.
    ...(grpcAddr === '' ? {} : { present: new KubernetesEndpoints(client, parseHostPort(grpcAddr).port) }),
    begin: () => {
      if (paths !== undefined) {
        certified = new NodeCertificate({ client, node, paths, clock: systemClock, log }).run(stop.signal);
      }
      return source.begin();
    },
    end: async () => {
      stop.abort();
      await certified;
      await source.end();
    },
  };
}
