import { ConnectionLimits } from '../api/connection-limits.ts';
import type { Refusals } from '../api/refusals.ts';
import type { ControllerConfig } from '../config/controller-config.ts';
import type { ControllerMetrics } from '../controller/metrics.ts';
import { SchedulerExtender } from '../controller/scheduler/scheduler-extender.ts';
import type { ClusterState } from '../controller/state.ts';
import { FileTls } from '../controller/webhook/tls/file-tls.ts';
import { parseHostPort } from '../members/addresses.ts';
import { systemClock } from '../platform/clock.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import { namespaceType, nodeType, podType } from '../store/kubernetes/core.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ConnectionShares } from './descriptors.ts';
import { punishPipelining, strangerBudget } from './security.ts';
import { trustedCallers } from './trusted-callers.ts';

/** Schedulers keep their connections, and are few. */
const connectionsOfOne = 20;
const connectionsPerSecond = 20;
const clock = () => performance.now();

export interface ExtenderProgramParts {
  readonly client: KubernetesClient;
  readonly store: KubernetesStore;
  readonly state: ClusterState;
  readonly metrics: ControllerMetrics;
  readonly log: Log;
  readonly shares: ConnectionShares;
  readonly refusals: Refusals;
}

/** Every replica serves it, whoever leads. @returns undefined: it is off @throws IpamError invalid-config */
export function newSchedulerExtender(
  config: ControllerConfig,
  { client, metrics, shares, refusals, ...parts }: ExtenderProgramParts,
): SchedulerExtender | undefined {
  const { schedulerAddr, schedulerCertDir, schedulerClientCA, schedulerPools, schedulerTorLabel } = config;
  if (schedulerAddr === '') return undefined;
  const strangers = strangerBudget(connectionsPerSecond, clock);
  const punish = punishPipelining(strangers);
  // Pods that no node has yet take no address, and there may be many.
  const placed = { ...podType, fieldSelector: 'spec.nodeName!=' };
  return new SchedulerExtender({
    ...parts,
    ...parseHostPort(schedulerAddr),
    cluster: new KubernetesStore({ client, types: [nodeType, namespaceType, placed] }),
    tls: schedulerCertDir === undefined ? undefined : new FileTls(schedulerCertDir),
    ...(schedulerClientCA === undefined
      ? {}
      : { callers: trustedCallers('scheduler.clientCA', schedulerClientCA, []) }),
    namedPools: schedulerPools,
    torLabel: schedulerTorLabel,
    limits: new ConnectionLimits({ ofOne: connectionsOfOne, ...shares, strangers, refusals }),
    onPipelined: (address) => {
      refusals.connection(address, 'pipelined', 'HTTP: a question before the answer to the one before');
      punish({ address, via: 'tls' });
    },
    clock: systemClock,
    observer: {
      answered: (verb, outcome, seconds) => {
        metrics.schedulerRequests.inc({ verb, outcome });
        metrics.schedulerDuration.observe({ verb }, seconds);
      },
      filtered: (passed, failed) => {
        metrics.schedulerNodes.inc({ outcome: 'passed' }, passed);
        metrics.schedulerNodes.inc({ outcome: 'failed' }, failed);
      },
    },
  });
}
