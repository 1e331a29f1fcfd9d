import { appsVersion, batchVersion, type ControllerReference } from '../../resources/controlled-by.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { PodRef } from '../attachment.ts';
import type { Stay, StayFor } from './stay.ts';

/** What outlives the Pods that an address is for. */
export interface Owner {
  /** `StatefulSet`, `Deployment`; with its group where that is not Kubernetes' own: `StatefulSet.apps.kruise.io`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * Who an address is for, beyond any one container and any one Pod: the Pod of this name, of this owner, on this interface;
 * where the owner's Pods have names of the moment (`isNamedByOwner`), the owner, and the name is that of the Pod that has it
 * now, or had it last. Who has it now is an attachment. The network is no part of it: a Pod has one interface of a name.
 */
export interface Identity {
  readonly owner: Owner;
  /** Empty: the caller tells of none. */
  readonly namespace: string;
  /** Empty: the caller tells of none. */
  readonly podName: string;
  readonly ifname: string;
  /** Is the Pod that asks the target of a live migration of its virtual machine, whose source runs on? */
  readonly migrates?: true;
  /** How long its address stays after its container, where that was asked; absent: as the rules of its owner have it. */
  readonly stay?: StayFor;
}

export const statefulSetKind = 'StatefulSet';
/** Whom a caller names by itself (CNI, gRPC). */
export const namedKind = 'Identity';
/** A Pod that nobody keeps, and that asks. */
export const podKind = 'Pod';
/** KubeVirt's. Its Pods have names of the moment, and two of them its address while it moves. */
export const virtualMachineKind = 'VirtualMachine';
const kubevirtGroup = 'kubevirt.io';
/** KubeVirt puts it on the Pods to which a virtual machine moves, and on no others. */
const migrationLabel = 'kubevirt.io/migrationJobUID';

/** Who gives each of its Pods another name: nothing can be kept for such a Pod by its name. */
const namesOfTheMoment: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job']);

/** API versions of Kubernetes' own controllers. */
const ownVersions: ReadonlySet<string> = new Set(['v1', appsVersion, batchVersion]);

/** The highest ordinal that a controller of somebody else is taken to give: the five random characters of a name may be digits. */
const highestOrdinal = 9_999;

/** Owners for whose Pods an address stays alike, whichever of them has it. */
const applicationKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'DaemonSet']);

/** Is an address of this owner for any of its Pods, and not for one of them? */
export function isApplication({ kind }: Owner): boolean {
  return applicationKinds.has(kind);
}

/** Is it one for whom the address was asked to stay, by a caller or by the Pod itself? Nobody makes it again unasked. */
export function isAskedToStay({ kind }: Owner): boolean {
  return kind === namedKind || kind === podKind;
}

/** Does it give its Pods names with ordinals, so that their addresses stay unasked? */
export function isNamedByOrdinal(owner: Owner): boolean {
  return !isNamedByOwner(owner) && owner.kind !== podKind;
}

/** Is an address found again by the owner's name, whatever the Pod is called that has it? */
export function isNamedByOwner(owner: Owner): boolean {
  return isApplication(owner) || owner.kind === namedKind || owner.kind === virtualMachineKind;
}

/** What tells for whom an address may stay. */
export interface BearerFacts {
  readonly pod: PodRef | undefined;
  /** Labels of the Pod. */
  readonly labels?: Labels | undefined;
  readonly controller: ControllerReference | undefined;
  readonly ifname: string;
  /** Is what it asks for by its address to stay? */
  readonly stays?: boolean | undefined;
  /** Is an address of whatever kind asked to stay? */
  readonly stay?: Stay | undefined;
}

/**
 * For whom the address of an interface is kept: for whom the caller names; unasked for Pods that keep their names; where it
 * is asked for the owner of Pods whose names change, and for a Pod that nobody keeps.
 * @returns undefined: for nobody, it goes with its container
 */
export function identityOf(facts: BearerFacts): Identity | undefined {
  const { pod, ifname, stay } = facts;
  const { namespace = '', name: podName = '' } = pod ?? {};
  const owner = stay?.identity === undefined ? ownerOf(facts) : { kind: namedKind, name: stay.identity };
  if (owner === undefined) return undefined;
  const asked = stay !== undefined && isAskedToStay(owner) ? { stay: stay.for } : {};
  const moves = owner.kind === virtualMachineKind && ownValue(facts.labels ?? {}, migrationLabel) !== undefined;
  return { owner, namespace, podName, ifname, ...asked, ...(moves ? { migrates: true } : {}) };
}

function ownerOf({ pod, labels = {}, controller, stays = false, stay }: BearerFacts): Owner | undefined {
  if (pod === undefined) return undefined;
  const itself = stay === undefined ? undefined : { kind: podKind, name: pod.name };
  if (controller === undefined) return itself;
  const { apiVersion, kind, name } = controller;
  if (!ownVersions.has(apiVersion)) return ofAnotherGroup(pod, controller) ?? itself;
  if (kind === statefulSetKind) return ordinalOf(pod.name, name) === undefined ? itself : { kind, name };
  if (stays && apiVersion === appsVersion && isApplication(controller))
    return kind === 'ReplicaSet' ? applicationOf(name, labels) : { kind, name };
  return namesOfTheMoment.has(kind) ? undefined : itself;
}

/** A controller that is none of Kubernetes', and whose Pods keep their names: told by a Pod that is named after it, with an ordinal. */
function ofAnotherGroup(pod: PodRef, controller: ControllerReference): Owner | undefined {
  const owner = asOwner(controller);
  if (owner.kind === virtualMachineKind) return owner;
  const ordinal = ordinalOf(pod.name, controller.name);
  return ordinal === undefined || ordinal > highestOrdinal ? undefined : owner;
}

/** Who keeps a Pod, as an owner. A virtual machine's instance has its name, and another life with each start. */
export function asOwner({ apiVersion, kind, name }: ControllerReference): Owner {
  const [group] = apiVersion.split('/');
  if (group === kubevirtGroup && kind === 'VirtualMachineInstance') return { kind: virtualMachineKind, name };
  return { kind: ownVersions.has(apiVersion) ? kind : `${kind}.${group}`, name };
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

/** Where an identity is looked for: one text for each interface of each Pod's name, or of each owner that counts by its own. */
export function placeOf({ owner, namespace, podName, ifname }: Identity): string {
  const name = isNamedByOwner(owner) ? `${owner.kind}:${owner.name}` : podName;
  return placeKey({ namespace, podName: name, ifname });
}

/** The place of an interface of a Pod by its name. */
export function placeKey({ namespace, podName, ifname }: Omit<Identity, 'owner'>): string {
  return `${namespace}/${podName}/${ifname}`;
}

/** For messages. */
export function ownerTitle({ kind, name }: Owner, namespace: string): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** For messages: `Pod shop/web-0`, `Identity db`. */
export function identityTitle({ owner, namespace, podName }: Identity): string {
  return isNamedByOwner(owner) ? ownerTitle(owner, namespace) : `Pod ${namespace}/${podName}`;
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.kind === b.kind && a.name === b.name;
}
