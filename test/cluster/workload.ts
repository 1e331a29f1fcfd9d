import { type PodOptions, podManifest } from './pod.ts';

export interface WorkloadOptions extends Omit<PodOptions, 'name'> {
  readonly name: string;
  /** Pods at once; of a Job also in all. Without meaning for a DaemonSet. */
  readonly replicas?: number;
}

/** A Deployment, StatefulSet, DaemonSet or Job whose Pods have the label `app`, with its name. */
export function workload(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job', options: WorkloadOptions): object {
  const { name, namespace = 'default', replicas = 1 } = options;
  const labels = { app: name };
  const { metadata, spec } = podManifest({ ...options, labels }) as { metadata: object; spec: object };
  const template = { metadata: { ...metadata, name: undefined, namespace: undefined }, spec };
  const selected = { selector: { matchLabels: labels }, template };
  const specs = {
    Deployment: { replicas, ...selected },
    StatefulSet: { replicas, serviceName: name, podManagementPolicy: 'Parallel', ...selected },
    DaemonSet: selected,
    Job: {
      completions: replicas,
      parallelism: replicas,
      template: { ...template, spec: { ...spec, restartPolicy: 'Never' } },
    },
  };
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, metadata: { name, namespace }, spec: specs[kind] };
}
