import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';

/** What is told of the Pod that a request names. */
export interface ToldOfPod {
  /** Absent: nobody tells, or nothing of it counts. */
  readonly facts?: PodFacts | undefined;
  readonly own?: PodFacts['pod'] | undefined;
  readonly namespace?: PodFacts['namespace'] | undefined;
}

/** Nobody tells. */
export const nothingTold: ToldOfPod = {};

/**
 * Asked once, before anything is taken. Ranges of a network are for whoever uses it; who keeps a Pod, and how much its namespace may
 * hold, counts in any case.
 * @throws IpamError not-found, store-unavailable
 */
export async function toldOfPod(
  { pod, source }: Pick<AllocateRequest, 'pod' | 'source'>,
  node: string,
  podFacts: PodFactsSource,
): Promise<ToldOfPod> {
  if (pod === undefined) return nothingTold;
  if (source.kind !== 'ranges') {
    const facts = await podFacts.factsOf(pod, node);
    return { facts, own: facts.pod, namespace: facts.namespace };
  }
  const own = await podFacts.podOf?.(pod);
  return { own, namespace: pod.namespace === '' ? undefined : await podFacts.namespaceOf?.(pod.namespace) };
}
