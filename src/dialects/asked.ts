import type { PodRef } from '../ipam/attachment.ts';
import { identityOf } from '../ipam/bind/identity.ts';
import { nobodyToKeepFor } from '../ipam/bind/refused-stay.ts';
import type { Claimant } from '../ipam/claim/claimant.ts';
import { namespaceQuota } from '../ipam/claim/quota.ts';
import type { PodFacts } from '../ipam/pod-facts.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import type { Consumer } from '../ipam/select/affinity.ts';
import type { NodePlaces } from '../ipam/select/topology-affinity.ts';
import { controlledByText } from '../resources/controlled-by.ts';
import { annotatedRequest, interfaceNetwork } from './annotated-request.ts';

/** What is told of the Pod that a request names. */
export interface ToldOfPod {
  /** Absent: nobody tells, or nothing of it counts. */
  readonly facts?: PodFacts | undefined;
  readonly own?: PodFacts['pod'] | undefined;
  readonly namespace?: PodFacts['namespace'] | undefined;
}

/** What an ADD asks for once annotations have had their say, and for whom. */
export interface Asked {
  readonly request: AllocateRequest;
  readonly claimant: Claimant;
  readonly consumer: Consumer;
  readonly warnings: readonly string[];
}

/** What is known where an ADD comes in. */
export interface AskedHere {
  readonly node: string;
  /** Where the node is in the network. */
  readonly places: NodePlaces;
  /** See `DaemonOptions.namespaceQuota`. */
  readonly usualQuota: number | undefined;
}

/** @throws IpamError invalid-config, unsupported */
export function askedOf(of: AllocateRequest, told: ToldOfPod, { node, places, usualQuota }: AskedHere): Asked {
  const { facts, own } = told;
  const { attachment, pod: named } = of;
  const pod = named && identified(named, own);
  const { request, warnings } = annotatedRequest(of, facts ?? (own && { pod: own }));
  const { ifname } = attachment;
  const { stays, stay, onlyMatching } = request;
  const bearer = { pod, labels: own?.labels, controller: own?.controller, ifname, stays, stay };
  const identity = identityOf(bearer);
  if (identity === undefined && stay !== undefined) throw nobodyToKeepFor(bearer, stay);
  const hasQuota = pod !== undefined && pod.namespace !== '';
  const quota = hasQuota ? namespaceQuota(pod.namespace, told.namespace?.annotations, usualQuota) : undefined;
  const controlledBy = own && controlledByText(own.controller);
  return {
    request,
    claimant: { attachment, node, pod, identity, controlledBy, quota },
    consumer: { node, ifname, pod, facts, places, interfaceNetwork: networkOf(of, facts), onlyMatching },
    warnings,
  };
}

/** A runtime that does not tell the uid means the Pod that has the name now; from here on it is known by the uid. */
function identified(pod: PodRef, own: PodFacts['pod'] | undefined): PodRef {
  return pod.uid === '' && own?.uid !== undefined ? { ...pod, uid: own.uid } : pod;
}

/** What pools may ask of a Pod's interface. */
function networkOf({ pod, attachment }: AllocateRequest, facts: PodFacts | undefined): Consumer['interfaceNetwork'] {
  if (facts === undefined || pod === undefined) return undefined;
  return () => interfaceNetwork(pod, attachment.ifname, facts);
}
