import type { ToldOfPod } from '../../dialects/asked.ts';
import type { PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';

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
