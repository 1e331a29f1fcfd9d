import type { ControllerReference } from '../../resources/controlled-by.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { PodRef } from '../attachment.ts';

/** What outlives the Pods that an address is for. */
export interface Owner {
  /** `StatefulSet`, `Deployment`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * Who an address is for, beyond any one container and any one Pod: the Pod of this name, of this owner, on this interface;
 * where the owner's Pods have names of the moment (`isApplication`), all of them, and the name is that of the one that has it
 * now, or had it last. Who has it now is an attachment. The network is no part of it: a Pod has one interface of a name.
 */
export interface Identity {
  readonly owner: Owner;
  readonly namespace: string;
  readonly podName: string;
  readonly ifname: string;
}

export const statefulSetKind = 'StatefulSet';
const appsVersion = 'apps/v1';

/** Owners for whose Pods an address stays alike, whichever of them has it. */
const applicationKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'DaemonSet']);

/** Is an address of this owner for any of its Pods, and not for one of them? */
export function isApplication({ kind }: Owner): boolean {
  return applicationKinds.has(kind);
}

/** What tells for whom an address may stay. */
export interface BearerFacts {
  readonly pod: PodRef | undefined;
  /** Labels of the Pod. */
  readonly labels?: Labels | undefined;
  readonly controller: ControllerReference | undefined;
  readonly ifname: string;
  /** Is it asked to stay? */
  readonly stays?: boolean | undefined;
}

/**
 * For whom the address of an interface is kept: unasked for a StatefulSet's Pods, and where it is asked for the owner of
 * Pods whose names change. @returns undefined: for nobody, it goes with its container
 */
export function identityOf({ pod, labels = {}, controller, ifname, stays = false }: BearerFacts): Identity | undefined {
  if (pod === undefined || controller === undefined || controller.apiVersion !== appsVersion) return undefined;
  const { kind, name } = controller;
  const of = (owner: Owner): Identity => ({ owner, namespace: pod.namespace, podName: pod.name, ifname });
  if (kind === statefulSetKind) return ordinalOf(pod.name, name) === undefined ? undefined : of({ kind, name });
  if (!stays || !isApplication(controller)) return undefined;
  return of(kind === 'ReplicaSet' ? applicationOf(name, labels) : { kind, name });
}

/**
 * A Deployment names each of its ReplicaSets after itself and the hash of its template, which their Pods have as a label: so
 * nobody need ask the API server who keeps a ReplicaSet.
 */
export function applicationOf(replicaSet: string, labels: Labels): Owner {
  const hash = ownValue(labels, 'pod-template-hash') ?? '';
  const isHashed = hash !== '' && replicaSet.endsWith(`-${hash}`) && replicaSet.length > hash.length + 1;
  if (!isHashed) return { kind: 'ReplicaSet', name: replicaSet };
  return { kind: 'Deployment', name: replicaSet.slice(0, -(hash.length + 1)) };
}

/** The place of a Pod in its StatefulSet, from 0: 2 of `web-2`. @returns undefined: the StatefulSet gives no Pod this name */
export function ordinalOf(podName: string, owner: string): number | undefined {
  const digits = podName.startsWith(`${owner}-`) ? podName.slice(owner.length + 1) : '';
  return /^(0|[1-9]\d{0,9})$/.test(digits) ? Number(digits) : undefined;
}

/** Where an identity is looked for: one text for each interface of each Pod's name, or of each application. */
export function placeOf({ owner, namespace, podName, ifname }: Identity): string {
  const name = isApplication(owner) ? `${owner.kind}:${owner.name}` : podName;
  return placeKey({ namespace, podName: name, ifname });
}

/** The place of an interface of a Pod by its name. */
export function placeKey({ namespace, podName, ifname }: Omit<Identity, 'owner'>): string {
  return `${namespace}/${podName}/${ifname}`;
}

/** For messages. */
export function ownerTitle({ kind, name }: Owner, namespace: string): string {
  return `${kind} ${namespace}/${name}`;
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.kind === b.kind && a.name === b.name;
}
