import { appsVersion, batchVersion } from '../../resources/controlled-by.ts';
import type { ResourceType } from './api-path.ts';

/** Kinds of Kubernetes' own that we read. */
const core = { apiVersion: 'v1', statusSubresource: true } as const;
export const podType: ResourceType = { ...core, kind: 'Pod', plural: 'pods', namespaced: true };
export const namespaceType: ResourceType = { ...core, kind: 'Namespace', plural: 'namespaces', namespaced: false };
export const nodeType: ResourceType = { ...core, kind: 'Node', plural: 'nodes', namespaced: false };
export const eventType: ResourceType = { ...core, kind: 'Event', plural: 'events', namespaced: true };
export const leaseType: ResourceType = {
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  plural: 'leases',
  namespaced: true,
  statusSubresource: false,
};

const kept = { statusSubresource: true, namespaced: true } as const;
const apps = { ...kept, apiVersion: appsVersion } as const;
const batch = { ...kept, apiVersion: batchVersion } as const;
/** Kinds that keep Pods. */
export const deploymentType: ResourceType = { ...apps, kind: 'Deployment', plural: 'deployments' };
export const replicaSetType: ResourceType = { ...apps, kind: 'ReplicaSet', plural: 'replicasets' };
export const statefulSetType: ResourceType = { ...apps, kind: 'StatefulSet', plural: 'statefulsets' };
export const daemonSetType: ResourceType = { ...apps, kind: 'DaemonSet', plural: 'daemonsets' };
export const jobType: ResourceType = { ...batch, kind: 'Job', plural: 'jobs' };
export const cronJobType: ResourceType = { ...batch, kind: 'CronJob', plural: 'cronjobs' };

export interface EventText {
  /** Where it is kept: the subject's namespace, or `default` when that has none. */
  readonly namespace: string;
  readonly name: string;
  readonly subject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** In CamelCase, for machines. */
  readonly reason: string;
  /** At most 1,024 characters. */
  readonly message: string;
  readonly source: { readonly component: string; readonly host?: string };
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How often it has happened. */
  readonly count?: number;
}

/** An Event (core/v1), as `kubectl describe` shows it. */
export function newEvent({
  namespace,
  name,
  subject,
  type,
  reason,
  message,
  source,
  at,
  count = 1,
}: EventText): object {
  const time = new Date(at).toISOString();
  return {
    apiVersion: eventType.apiVersion,
    kind: eventType.kind,
    metadata: { name, namespace },
    involvedObject: subject,
    type,
    reason,
    message,
    source,
    firstTimestamp: time,
    lastTimestamp: time,
    count,
  };
}
