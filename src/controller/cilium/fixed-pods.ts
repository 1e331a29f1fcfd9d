import { familyOf } from '../../cilium/cilium-node.ts';
import { isExcluded } from '../../cilium/label-selector.ts';
import { resourceOf } from '../../cilium/owner-kinds.ts';
import { controllerOf } from '../../resources/controlled-by.ts';
import type { Resource, Stored } from '../../resources/resource.ts';

/** Pods with this scheduling gate wait until their address can come to any node. */
export const addressGate = 'berth.network/address';

/** A Pod that the selector selects, as far as its addresses go. */
export interface SelectedPod {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly resource: string;
  /** Empty: it was sent to none, or is over. */
  readonly nodeName: string;
  readonly addresses: readonly string[];
  /** Position of our gate; -1: there is none. */
  readonly gate: number;
  /** Milliseconds since 1970. */
  readonly readySince: number | undefined;
}

type PodObject = Stored<Resource> & {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly schedulingGates?: readonly { readonly name: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
};

/** @returns undefined: its address does not stay, whatever the selector says */
export function selectedPod(object: Stored<Resource>, excluded: readonly string[]): SelectedPod | undefined {
  const { metadata, spec = {}, status = {} } = object as PodObject;
  if (spec.hostNetwork === true || isExcluded(metadata.labels ?? {}, excluded)) return undefined;
  const { namespace = '', name, uid } = metadata;
  // What is ending has its address, and does not need it any more.
  const isOver = status.phase === 'Succeeded' || status.phase === 'Failed' || metadata.deletionTimestamp !== undefined;
  const texts = status.podIPs?.map(({ ip }) => ip) ?? [status.podIP];
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return {
    key: `${namespace}/${name}`,
    ...{ namespace, name, uid, version: metadata.resourceVersion },
    resource: resourceOf(namespace, name, controllerOf(metadata)),
    nodeName: isOver ? '' : (spec.nodeName ?? ''),
    addresses: isOver ? [] : texts.flatMap((text = '') => (familyOf(text) === undefined ? [] : text)),
    gate: spec.schedulingGates?.findIndex((one) => one.name === addressGate) ?? -1,
    readySince: ready?.status === 'True' && !isOver ? Date.parse(ready.lastTransitionTime ?? '') : undefined,
  };
}
