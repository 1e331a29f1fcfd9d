import { automaticPoolsOf } from '../../dialects/annotated-request.ts';
import { type AppliedApplication, applicationTitle, cronJobOf } from '../../ipam/bind/application.ts';
import { type AutomaticPools, requirePoolFor } from '../../ipam/bind/automatic-pool.ts';
import { appsVersion, batchVersion, controllerOf } from '../../resources/controlled-by.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Metadata, Resource, Stored } from '../../resources/resource.ts';

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly hostNetwork?: boolean };
}

interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly template?: Template;
}

/** A Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob or Pod, as far as it tells of addresses. */
export type Workload = Resource & {
  readonly spec?: JobSpec & {
    readonly replicas?: number;
    readonly hostNetwork?: boolean;
    readonly jobTemplate?: { readonly spec?: JobSpec };
  };
  readonly status?: { readonly desiredNumberScheduled?: number };
};

/** An application that asks for pools of its own. */
export interface AskingApplication {
  readonly application: AppliedApplication;
  readonly replicas: number;
  readonly asked: AutomaticPools;
  /** Why what it asks for cannot be made, as a sentence; empty: it can. Then nothing else of it counts. */
  readonly problem: string;
}

const nothing: AutomaticPools = { interfaces: [], count: undefined, isReclaimed: false };

/** What a workload asks for. @returns undefined: nothing, or what keeps it asks in its place */
export function askedByWorkload({
  apiVersion: servedAs,
  kind,
  metadata,
  spec = {},
  status,
}: Stored<Workload>): AskingApplication | undefined {
  if (isKeptByAnother(kind, metadata)) return undefined;
  // Before Kubernetes 1.21 a CronJob is of batch/v1beta1; its Pods' Jobs do not tell.
  const apiVersion = kind === 'CronJob' ? batchVersion : servedAs;
  const job = kind === 'CronJob' ? (spec.jobTemplate?.spec ?? {}) : spec;
  if (job.template?.spec?.hostNetwork === true) return undefined;
  const replicas =
    kind === 'DaemonSet'
      ? (status?.desiredNumberScheduled ?? 0)
      : apiVersion === batchVersion
        ? podsOfJob(job)
        : (spec.replicas ?? 1);
  const { namespace = '', name, uid } = metadata;
  const application = { apiVersion, kind, namespace, name, uid };
  return askedBy(application, job.template?.metadata?.annotations, replicas);
}

/** What the controller of a Pod asks for, whose own form nobody here knows. */
export function askedByPod({ metadata, spec }: Stored<Workload>): AskingApplication | undefined {
  const controller = controllerOf(metadata);
  if (controller === undefined || spec?.hostNetwork === true) return undefined;
  // Whatever else Kubernetes has of its own is looked at itself.
  if (controller.apiVersion === appsVersion || controller.apiVersion === batchVersion) return undefined;
  const { apiVersion, kind, name, uid } = controller;
  return askedBy({ apiVersion, kind, namespace: metadata.namespace ?? '', name, uid }, metadata.annotations, 0);
}

function askedBy(
  application: AppliedApplication,
  annotations: Readonly<Record<string, string>> = {},
  replicas: number,
): AskingApplication | undefined {
  try {
    const asked = automaticPoolsOf(annotations, `template of ${applicationTitle(application)}`);
    if (asked === undefined) return undefined;
    requirePoolFor(application, asked.count);
    return { application, replicas, asked, problem: '' };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    const { message, advice } = error;
    return { application, replicas, asked: nothing, problem: advice === '' ? message : `${message}; ${advice}` };
  }
}

/** By the same rules by which a Pod tells whose it is (`applicationsOf`). */
function isKeptByAnother(kind: string, metadata: Metadata): boolean {
  const owner = controllerOf(metadata);
  if (kind === 'ReplicaSet') return owner?.kind === 'Deployment';
  return kind === 'Job' && owner?.kind === 'CronJob' && cronJobOf(metadata.name) === owner.name;
}

/** As Spiderpool counts: a Pod for each completion, or else for each that runs beside others; never none. */
function podsOfJob({ parallelism, completions }: JobSpec): number {
  return (completions ?? parallelism) || 1;
}
