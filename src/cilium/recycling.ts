import { parseAddress } from '../ip/address.ts';
import { prefixContains } from '../ip/prefix.ts';
import type { CiliumNode } from './cilium-node.ts';
import type { KeptPod } from './kept-pod.ts';
import type { NodeChange } from './node-changes.ts';
import type { Places } from './pod-plan.ts';
import { released, withdrawalStep, withdrawn, withdrawnFrom, withdrawnMark } from './withdrawal.ts';

export interface RecyclingPlan {
  readonly changes: readonly NodeChange[];
  /** Nothing names the Pod any more: its record may go. */
  readonly isDone: boolean;
}

/**
 * What gives the addresses of a Pod back that nobody keeps any more. Where they are of the node's own subnet anybody may
 * have them there; where they came to from another node they are withdrawn, and are that one's again.
 */
export function recyclingPlan({ pod, addresses }: KeptPod, places: Places): RecyclingPlan {
  const changes: NodeChange[] = [];
  let isDone = true;
  for (const address of addresses) {
    for (const node of places.withEntry(address)) {
      const owner = node.pool.get(address)?.owner ?? '';
      if (owner !== pod && owner !== withdrawnMark(pod)) continue;
      isDone = false;
      changes.push(...returned(node, address));
    }
  }
  return { changes, isDone };
}

/** The next step for what bears a withdrawn mark, or a Pod's name for which nothing is kept. */
export function returned(node: CiliumNode, address: string): readonly NodeChange[] {
  if (!isOwnAddress(node, address)) {
    const { changes, isSecured } = withdrawalStep(node, address);
    return isSecured ? withdrawn(node, address) : changes;
  }
  const isAsked = node.releases.has(address);
  return [
    { of: 'entry', node, address, to: { owner: '', resource: '' } },
    ...(isAsked ? [released(node, address, undefined)] : []),
  ];
}

export function isWithdrawn(owner: string): boolean {
  return withdrawnFrom(owner) !== undefined;
}

function isOwnAddress({ podCIDRs }: CiliumNode, address: string): boolean {
  return podCIDRs.some((prefix) => prefixContains(prefix, parseAddress(address)));
}
