import { interfaceNetwork } from '../../dialects/annotated-request.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import type { Consumer } from '../../ipam/select/affinity.ts';

/** What is told of the Pod that a request names. */
export interface ToldOfPod {
  /** Absent: nobody tells, or nothing of it counts. */
  readonly facts?: PodFacts;
  readonly own?: PodFacts['pod'] | undefined;
}

/**
 * Asked once, before anything is taken. Ranges of a network are for whoever uses it; who keeps a Pod counts in any case.
 * @throws IpamError not-found, store-unavailable
 */
export async function toldOfPod(
  { pod, source }: Pick<AllocateRequest, 'pod' | 'source'>,
  node: string,
  podFacts: PodFactsSource | undefined,
): Promise<ToldOfPod> {
  if (podFacts === undefined || pod === undefined) return {};
  if (source.kind !== 'ranges') {
    const facts = await podFacts.factsOf(pod, node);
    return { facts, own: facts.pod };
  }
  return { own: await podFacts.podOf?.(pod) };
}

/** A runtime that does not tell the uid means the Pod that has the name now; from here on it is known by the uid. */
export function identified(pod: PodRef, own: PodFacts['pod'] | undefined): PodRef {
  return pod.uid === '' && own?.uid !== undefined ? { ...pod, uid: own.uid } : pod;
}

/** What pools may ask of a Pod. */
export function consumerFacts({ pod, attachment }: AllocateRequest, facts: PodFacts | undefined): Partial<Consumer> {
  if (facts === undefined) return {};
  if (pod === undefined) return { facts };
  return { facts, interfaceNetwork: () => interfaceNetwork(pod, attachment.ifname, facts) };
}
