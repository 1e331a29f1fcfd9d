import { appsVersion, batchVersion, type ControllerReference } from '../../resources/controlled-by.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { applicationAffinityKeys, ownerLabels } from '../../resources/published.ts';
import { applicationOf, ownerTitle } from './identity.ts';

/** What keeps Pods and is kept by nothing else: a Deployment, and none of its ReplicaSets. */
export interface Application {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined: the Pod that tells of it does not say. */
  readonly uid?: string | undefined;
}

export interface AppliedApplication extends Application {
  readonly uid: string;
}

/** Kinds whose Pods can be counted beforehand, by API version. */
const counted: Readonly<Record<string, readonly string[]>> = {
  [appsVersion]: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
  [batchVersion]: ['Job', 'CronJob'],
};

/** Is it of a kind of Kubernetes' own? How many Pods another makes is nobody's to tell. */
export function isCounted({ apiVersion, kind }: Pick<Application, 'apiVersion' | 'kind'>): boolean {
  return counted[apiVersion]?.includes(kind) ?? false;
}

/**
 * Which applications a Pod may be of, the likeliest first. A Deployment is told by its ReplicaSet's name, and a CronJob by that
 * of a Job, which ends in the minute for which it was made: so nobody need ask the API server who keeps them.
 */
export function applicationsOf(
  namespace: string,
  controller: ControllerReference | undefined,
  labels: Labels,
): readonly Application[] {
  if (controller === undefined) return [];
  const { apiVersion, kind, name, uid } = controller;
  const direct = { apiVersion, kind, namespace, name, uid };
  if (apiVersion === appsVersion && kind === 'ReplicaSet') {
    const owner = applicationOf(name, labels);
    return owner.kind === kind ? [direct] : [{ apiVersion, namespace, ...owner }];
  }
  const cronJob = apiVersion === batchVersion && kind === 'Job' ? cronJobOf(name) : undefined;
  return cronJob === undefined ? [direct] : [direct, { apiVersion, kind: 'CronJob', namespace, name: cronJob }];
}

/** @returns undefined: no CronJob gives a Job this name by itself */
export function cronJobOf(job: string): string | undefined {
  return /^(.+)-\d{7,10}$/.exec(job)?.[1];
}

/** For messages. */
export function applicationTitle({ namespace, ...owner }: Application): string {
  return ownerTitle(owner, namespace);
}

/** One text for each. Neither a namespace nor a name holds a slash. */
export function applicationKey({ apiVersion, kind, namespace, name }: Application): string {
  return [apiVersion, kind, `${namespace}/${name}`].join(' ');
}

/** `apps_v1`: an API version as a label's value. */
function groupVersion(apiVersion: string): string {
  return apiVersion.replace('/', '_');
}

/** The application that a pool was made for; undefined: for none. */
export function applicationOfPool(labels: Labels): AppliedApplication | undefined {
  const [apiVersion, kind, namespace, name, uid] = [
    labels[ownerLabels.groupVersion]?.replace('_', '/'),
    labels[ownerLabels.kind],
    labels[ownerLabels.namespace],
    labels[ownerLabels.name],
    labels[ownerLabels.uid],
  ];
  if (apiVersion === undefined || kind === undefined || namespace === undefined || name === undefined) return undefined;
  return { apiVersion, kind, namespace, name, uid: uid ?? '' };
}

/** Is it the same, as far as both tell? One that was deleted and made anew is another where its uid is known. */
export function isSameApplication(a: Application, b: Application): boolean {
  return applicationKey(a) === applicationKey(b) && (a.uid === undefined || b.uid === undefined || a.uid === b.uid);
}

export function applicationLabels(application: AppliedApplication): Labels {
  const { apiVersion, kind, namespace, name, uid } = application;
  return {
    [ownerLabels.groupVersion]: groupVersion(apiVersion),
    [ownerLabels.kind]: kind,
    [ownerLabels.namespace]: namespace,
    [ownerLabels.name]: name,
    [ownerLabels.uid]: uid,
  };
}

/** What selects an application's Pods. They have no such labels: whoever reads it asks who keeps them. */
export function applicationAffinity({ apiVersion, kind, namespace, name }: Application): Labels {
  const slash = apiVersion.indexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
  const values = [group, version, kind, namespace, name];
  return Object.fromEntries(applicationAffinityKeys.map((key, index) => [key, values[index] ?? '']));
}

/** As it is in `status.controlledIPPools` of a SpiderSubnet: `apps_v1_Deployment_default_web`. */
export function applicationText({ apiVersion, kind, namespace, name }: Application): string {
  return [groupVersion(apiVersion), kind, namespace, name].join('_');
}
