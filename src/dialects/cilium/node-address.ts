import type { PodRef } from '../../ipam/attachment.ts';

/** What Cilium's agent calls the container of an address for the node itself: its ingress listener (`pkg/infraendpoints`, from Cilium 1.20). */
const prefix = 'cilium-ingress-';

/**
 * Does Cilium's agent ask for its own node? It says the same name for container and Pod, of which there is neither; it asks again at each
 * of its starts, and its network namespace is one of the moment.
 */
export function isAddressOfNode(containerId: string, pod: PodRef | undefined): boolean {
  return containerId.startsWith(prefix) && pod?.namespace === 'kube-system' && pod.name === containerId;
}
