import type { ControllerReference } from '../resources/controlled-by.ts';

/** What Pods are made by, and whether their names come again. */
export interface OwnerKind {
  readonly kind: string;
  /** `group/version`. */
  readonly apiVersion: string;
  readonly plural: string;
  /** False: a new Pod has another name, and nothing can be kept for the one that is gone. */
  readonly namesComeAgain: boolean;
}

/** The one table of them. Others are looked up by a Pod's owner reference, and not waited for. */
export const ownerKinds: readonly OwnerKind[] = [
  { kind: 'StatefulSet', apiVersion: 'apps/v1', plural: 'statefulsets', namesComeAgain: true },
  { kind: 'VirtualMachine', apiVersion: 'kubevirt.io/v1', plural: 'virtualmachines', namesComeAgain: true },
  {
    ...{ kind: 'VirtualMachineInstance', apiVersion: 'kubevirt.io/v1', plural: 'virtualmachineinstances' },
    namesComeAgain: false,
  },
  { kind: 'ReplicaSet', apiVersion: 'apps/v1', plural: 'replicasets', namesComeAgain: false },
  { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments', namesComeAgain: false },
  { kind: 'DaemonSet', apiVersion: 'apps/v1', plural: 'daemonsets', namesComeAgain: false },
  { kind: 'Job', apiVersion: 'batch/v1', plural: 'jobs', namesComeAgain: false },
];

/** A Pod that nobody makes is made by hand, and may be made again by the same name. */
export const bareKind = 'Pod';

/** `namespace/Kind/name` of what a Pod's addresses are kept for. */
export function resourceOf(namespace: string, pod: string, controller: ControllerReference | undefined): string {
  return controller === undefined
    ? `${namespace}/${bareKind}/${pod}`
    : `${namespace}/${controller.kind}/${controller.name}`;
}

/** What is known about a Pod for whose name addresses are kept. */
export interface OwnerFacts {
  readonly kind: string;
  /** Undefined: of its kind nothing is known here, or it could not be asked. */
  readonly ownerIsThere: boolean | undefined;
  readonly podIsThere: boolean;
  /** How long it has been gone, milliseconds; 0 while it is there. */
  readonly podGoneMs: number;
}

/** Is there nobody left for whom addresses are kept? @param bareMs how long a Pod of nobody may be away, milliseconds */
export function isOver(
  { kind, ownerIsThere, podIsThere, podGoneMs }: OwnerFacts,
  bareMs: number,
  kinds: readonly OwnerKind[] = ownerKinds,
): boolean {
  if (podIsThere) return false;
  if (kind === bareKind) return podGoneMs >= bareMs;
  const known = kinds.find((one) => one.kind === kind);
  if (known?.namesComeAgain === false) return true;
  return ownerIsThere === false;
}
