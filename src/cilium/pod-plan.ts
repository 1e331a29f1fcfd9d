import type { Family } from '../ip/address.ts';
import { type CiliumNode, familyOf } from './cilium-node.ts';
import type { KeptPod } from './kept-pod.ts';
import type { NodeChange } from './node-changes.ts';
import { released, withdrawalStep, withdrawn, withdrawnMark } from './withdrawal.ts';

/** A Pod whose addresses stay. */
export interface FixedPod {
  /** `namespace/name`. */
  readonly key: string;
  readonly resource: string;
  /** Where it was sent; undefined: nowhere yet, it is over, or its node has no CiliumNode. */
  readonly node: CiliumNode | undefined;
  /** What its status says that it has. */
  readonly addresses: readonly string[];
  /** It is not scheduled before a gate of ours is lifted. */
  readonly isGated: boolean;
}

/** Where addresses are, in all nodes. */
export interface Places {
  /** Nodes whose pool has it. */
  withEntry(address: string): readonly CiliumNode[];
  /** Nodes whose agent says that somebody has it. */
  using(address: string): readonly CiliumNode[];
}

export interface PodPlanInput {
  readonly pod: FixedPod;
  readonly kept: KeptPod | undefined;
  readonly places: Places;
  /** Of which families addresses stay. */
  readonly families: readonly Family[];
  /** An address of the node that is in no pool; undefined: there is none, or the node has as many as it may. */
  fresh(node: CiliumNode, family: Family): string | undefined;
}

export interface PodPlan {
  /** What is to be recorded, before anything else is written; undefined: it is so already. */
  readonly record: KeptPod | undefined;
  readonly changes: readonly NodeChange[];
  /** May it be scheduled? Always so for one without a gate. */
  readonly isFree: boolean;
  /** It runs with another address than its own, which it will have the next time. */
  readonly isMisplaced: boolean;
}

/** What is next for a Pod, and its addresses: each family by itself. */
export function podPlan(input: PodPlanInput): PodPlan {
  const { pod, kept, families } = input;
  const steps = families.map((family) => stepOf(input, family, addressOf(kept?.addresses ?? [], family)));
  const addresses = steps.flatMap(({ address }) => address ?? []);
  const others = (kept?.addresses ?? []).filter((one) => !families.some((family) => familyOf(one) === family));
  const record: KeptPod = { pod: pod.key, resource: pod.resource, addresses: [...addresses, ...others] };
  const isKnown = kept !== undefined && record.addresses.every((one) => kept.addresses.includes(one));
  return {
    record: isKnown || addresses.length === 0 ? undefined : record,
    changes: steps.flatMap(({ changes }) => changes),
    isFree: steps.every(({ isFree }) => isFree),
    isMisplaced: steps.some(({ address, family }) => {
      const has = addressOf(pod.addresses, family);
      return pod.node !== undefined && address !== undefined && has !== undefined && has !== address;
    }),
  };
}

interface Step {
  readonly family: Family;
  /** What is, or from now on will be, kept. */
  readonly address: string | undefined;
  readonly changes: readonly NodeChange[];
  readonly isFree: boolean;
}

function stepOf(input: PodPlanInput, family: Family, kept: string | undefined): Step {
  const { pod } = input;
  const idle = { family, address: kept, changes: [], isFree: true };
  if (kept === undefined) return pod.node === undefined ? idle : { ...idle, ...firstAddress(input, pod.node, family) };
  if (pod.node !== undefined) return { ...idle, changes: brought(input, pod.node, kept) };
  return pod.isGated ? { ...idle, ...freed(input, kept) } : idle;
}

/**
 * What it has already, if that is of its node's pool and nobody else's; before it has any, one that was in no pool, and so
 * cannot have been given to another.
 */
function firstAddress(input: PodPlanInput, node: CiliumNode, family: Family): Pick<Step, 'address' | 'changes'> {
  const { pod, places, fresh } = input;
  const mark = { owner: pod.key, resource: pod.resource };
  const has = addressOf(pod.addresses, family);
  if (has !== undefined) {
    const entry = node.pool.get(has);
    if (entry === undefined || (entry.owner !== '' && entry.owner !== pod.key))
      return { address: undefined, changes: [] };
    const isAsIs = entry.owner === pod.key;
    return { address: has, changes: isAsIs ? [] : [{ of: 'entry', node, address: has, to: mark }] };
  }
  const address = fresh(node, family);
  if (address === undefined || places.using(address).length > 0) return { address: undefined, changes: [] };
  return { address, changes: [{ of: 'entry', node, address, to: mark }] };
}

/** Its address comes to the node that it is on, when no other gives it. */
function brought({ pod, places }: PodPlanInput, node: CiliumNode, address: string): readonly NodeChange[] {
  const mark = { owner: pod.key, resource: pod.resource };
  const entry = node.pool.get(address);
  const others = places.withEntry(address).filter(({ name }) => name !== node.name);
  if (entry !== undefined && (entry.owner === pod.key || entry.owner === withdrawnMark(pod.key))) {
    // Here it is: where it was before it goes, once that agent gave it up. Only the mark of one node names the Pod.
    return [
      ...(entry.owner === pod.key ? [] : [{ of: 'entry', node, address, to: mark } as const]),
      ...(node.releases.has(address) ? [released(node, address, undefined)] : []),
      ...others.flatMap((other) => leaving(other, address)),
    ];
  }
  if (entry !== undefined && addressOf(pod.addresses, familyOf(address) ?? 4) === address) {
    return entry.owner === '' ? [{ of: 'entry', node, address, to: mark }] : [];
  }
  // Somebody took the mark away, and anybody may have been given it: it is asked back here as well.
  const from = entry === undefined ? others : [node, ...others];
  const steps = from.map((place) => withdrawalOf(place, address, pod.key));
  if (!steps.every(({ isSecured }) => isSecured)) return steps.flatMap(({ changes }) => changes);
  if (places.using(address).some(({ name }) => !from.some((place) => place.name === name))) return [];
  return [
    { of: 'entry', node, address, to: mark },
    ...(node.releases.has(address) ? [released(node, address, undefined)] : []),
  ];
}

/** Its address is in nobody's hands: then it may be sent to any node. */
function freed({ pod, places }: PodPlanInput, address: string): Pick<Step, 'changes' | 'isFree'> {
  const steps = places.withEntry(address).map((place) => withdrawalOf(place, address, pod.key));
  return { changes: steps.flatMap(({ changes }) => changes), isFree: steps.every(({ isSecured }) => isSecured) };
}

function leaving(node: CiliumNode, address: string): readonly NodeChange[] {
  const { changes, isSecured } = withdrawalStep(node, address);
  return isSecured ? withdrawn(node, address) : changes;
}

/** Of an entry without a mark, too; one that names somebody else is his. */
function withdrawalOf(node: CiliumNode, address: string, pod: string) {
  const owner = node.pool.get(address)?.owner ?? '';
  const isOthers = owner !== '' && owner !== pod && owner !== withdrawnMark(pod) && owner !== withdrawnMark('');
  return isOthers ? { changes: [], isSecured: false } : withdrawalStep(node, address);
}

function addressOf(addresses: readonly string[], family: Family): string | undefined {
  return addresses.find((address) => familyOf(address) === family);
}
