import type { Family } from '../ip/address.ts';
import { type CiliumNode, familyOf } from './cilium-node.ts';
import { freshForAnybody } from './fresh-address.ts';
import { type KeptPod, parseResource } from './kept-pod.ts';
import type { NodeChange } from './node-changes.ts';
import { isWithdrawn, returned } from './recycling.ts';
import { released } from './withdrawal.ts';

export interface NodePlanInput {
  readonly node: CiliumNode;
  readonly families: readonly Family[];
  /** Fewer free addresses than this, and there are more put into the pool; of each family. */
  readonly rate: number;
  /** The most that a pool has, of each family. */
  readonly max: number;
  /** For whom an address is kept. */
  keptFor(address: string): KeptPod | undefined;
  /** What is kept for a Pod. */
  recordOf(pod: string): KeptPod | undefined;
  /** Is it in the pool of another node? */
  isElsewhere(address: string): boolean;
}

export interface NodePlan {
  readonly changes: readonly NodeChange[];
  /** Marks of others, or of a controller before this one, of which there is no record yet. */
  readonly adopts: readonly KeptPod[];
  /** Records that are wrong: another Pod has the address. */
  readonly disowns: readonly { readonly pod: string; readonly address: string; readonly by: string }[];
}

/** What is next for the pool of a node. */
export function nodePlan(input: NodePlanInput): NodePlan {
  const { node, families } = input;
  const changes: NodeChange[] = [];
  const adopts = new Map<string, KeptPod>();
  const disowns: { pod: string; address: string; by: string }[] = [];
  for (const [address, { owner, resource }] of node.pool) {
    const kept = input.keptFor(address);
    if (isWithdrawn(owner)) {
      if (kept === undefined) changes.push(...returned(node, address));
    } else if (kept !== undefined && owner === kept.pod) {
      const by = otherPod(node, address, owner);
      if (by === undefined) continue;
      changes.push({ of: 'entry', node, address, to: { owner: '', resource: '' } });
      disowns.push({ pod: owner, address, by });
    } else if (kept === undefined && isPod(owner) && parseResource(resource) !== undefined) {
      const { addresses } = adopts.get(owner) ?? input.recordOf(owner) ?? { addresses: [] };
      // One is enough, and the one that is recorded counts.
      if (addresses.some((one) => familyOf(one) === familyOf(address))) changes.push(...returned(node, address));
      else adopts.set(owner, { pod: owner, resource, addresses: [...addresses, address] });
    }
  }
  for (const family of families) changes.push(...filled(input, family));
  return { changes: [...changes, ...forgotten(node)], adopts: [...adopts.values()], disowns };
}

/** How many of a family anybody may be given now. */
export function availableIn(node: CiliumNode, family: Family): number {
  return [...node.pool].filter(([address, { owner }]) => isAvailable(node, family, address, owner)).length;
}

/** How many of a family a pool has. */
export function sizeOf(node: CiliumNode, family: Family): number {
  return [...node.pool.keys()].filter((address) => familyOf(address) === family).length;
}

function isAvailable(node: CiliumNode, family: Family, address: string, owner: string): boolean {
  const isHandedOut = node.used.has(address) || node.releases.has(address);
  return owner === '' && !isHandedOut && familyOf(address) === family;
}

function filled({ node, rate, max, keptFor, isElsewhere }: NodePlanInput, family: Family): readonly NodeChange[] {
  const missing = Math.min(rate - availableIn(node, family), max - sizeOf(node, family));
  if (missing <= 0) return [];
  const isTaken = (address: string): boolean =>
    node.pool.has(address) || node.used.has(address) || keptFor(address) !== undefined || isElsewhere(address);
  return freshForAnybody(node, family, isTaken, missing).map((address) => ({
    ...{ of: 'entry', node, address },
    to: { owner: '', resource: '' },
  }));
}

/** Answers about addresses that are not in the pool any more: an agent forgets them when it is told so. */
function forgotten(node: CiliumNode): readonly NodeChange[] {
  return [...node.releases].flatMap(([address, state]) =>
    !node.pool.has(address) && (state === 'ready-for-release' || state === 'do-not-release')
      ? [released(node, address, 'released')]
      : [],
  );
}

/** Agents write more than Pods as owners: `router`, and of what they restored a text with blanks. */
function isPod(owner: string): boolean {
  return /^[^\s/:]+\/[^\s/:]+$/.test(owner);
}

function otherPod(node: CiliumNode, address: string, owner: string): string | undefined {
  const by = node.used.get(address)?.owner ?? '';
  return isPod(by) && by !== owner ? by : undefined;
}
