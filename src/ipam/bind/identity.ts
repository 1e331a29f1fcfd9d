import type { ControllerReference } from '../../resources/controlled-by.ts';
import type { PodRef } from '../attachment.ts';

/** What outlives the Pods that an address is for. */
export interface Owner {
  /** `StatefulSet`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * Who an address is for, beyond any one container and any one Pod: the Pod of this name, of this owner, on this interface.
 * Who has it now is an attachment. The network is no part of it: a Pod has one interface of a name.
 */
export interface Identity {
  readonly owner: Owner;
  readonly namespace: string;
  readonly podName: string;
  readonly ifname: string;
}

export const statefulSetKind = 'StatefulSet';
const statefulSetVersion = 'apps/v1';

/**
 * For whom the address of an interface is kept. @returns undefined: for nobody, it goes with its container. So it is of
 * every Pod whose controller gives each new one another name, and of those that nobody keeps.
 */
export function identityOf(
  pod: PodRef | undefined,
  controller: ControllerReference | undefined,
  ifname: string,
): Identity | undefined {
  if (pod === undefined || controller === undefined) return undefined;
  const { apiVersion, kind, name } = controller;
  if (apiVersion !== statefulSetVersion || kind !== statefulSetKind) return undefined;
  if (ordinalOf(pod.name, name) === undefined) return undefined;
  return { owner: { kind, name }, namespace: pod.namespace, podName: pod.name, ifname };
}

/** The place of a Pod in its StatefulSet, from 0: 2 of `web-2`. @returns undefined: the StatefulSet gives no Pod this name */
export function ordinalOf(podName: string, owner: string): number | undefined {
  const digits = podName.startsWith(`${owner}-`) ? podName.slice(owner.length + 1) : '';
  return /^(0|[1-9]\d{0,9})$/.test(digits) ? Number(digits) : undefined;
}

/** Where an identity is looked for: one text for each interface of each Pod's name. */
export function placeKey({ namespace, podName, ifname }: Omit<Identity, 'owner'>): string {
  return `${namespace}/${podName}/${ifname}`;
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.kind === b.kind && a.name === b.name;
}
