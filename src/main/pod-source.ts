import type { Metrics } from '../api/metrics.ts';
import { KubernetesPodAddresses } from '../daemon/kubernetes/kubernetes-pod-addresses.ts';
import { KubernetesPods } from '../daemon/kubernetes/kubernetes-pods.ts';
import { PodEvents } from '../daemon/kubernetes/pod-events.ts';
import type { PodRef } from '../ipam/attachment.ts';
import type { PodAddresses } from '../ipam/cluster-port.ts';
import type { ReleaseCause, Released } from '../ipam/reclaim/release-cause.ts';
import { systemClock } from '../platform/clock.ts';
import type { IpamError } from '../resources/errors.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import type { Log } from '../telemetry/log.ts';
import { version } from './version.ts';

/** An API server that tells about Pods, and is told of those that get no address. */
export interface PodSource {
  readonly client: KubernetesClient;
  readonly pods: KubernetesPods;
  readonly podAddresses: PodAddresses;
  onRefused(pod: PodRef, error: IpamError): void;
  onByHand(pod: PodRef, message: string): void;
  onReleased(released: Released, cause: ReleaseCause): void;
  /** Resolves when all is listed; for a server that is unreachable, when it is back. */
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** @param kubeconfig undefined: the service account of the Pod @throws IpamError invalid-config, unsupported */
export function openPodSource(kubeconfig: string | undefined, node: string, metrics: Metrics, log: Log): PodSource {
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
    client,
    pods,
    podAddresses: new KubernetesPodAddresses(client),
    onRefused: (pod, error) => events.refused(pod, error),
    onByHand: (pod, message) => events.putOnRecord(pod, message),
    onReleased: (released, cause) => events.released(released, cause),
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
