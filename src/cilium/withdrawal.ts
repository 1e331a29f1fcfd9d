import type { CiliumNode } from './cilium-node.ts';
import type { NodeChange } from './node-changes.ts';

/** No Pod has such a name, so that nobody is given what bears it. */
const prefix = 'berth.network:withdrawn:';

/** The mark of an entry that its owner shall not be given here any more. @param pod `namespace/name` */
export function withdrawnMark(pod: string): string {
  return `${prefix}${pod}`;
}

/** @returns `namespace/name` of the Pod that it was withdrawn from; undefined: it is no such mark */
export function withdrawnFrom(owner: string): string | undefined {
  return owner.startsWith(prefix) ? owner.slice(prefix.length) : undefined;
}

export interface WithdrawalStep {
  readonly changes: readonly NodeChange[];
  /** The agent has said that nobody has the address, and gives it to nobody. */
  readonly isSecured: boolean;
}

const nothing: WithdrawalStep = { changes: [], isSecured: false };

/**
 * The next step of taking an address back from a node whose pool has it. First the mark goes: an agent gives what bears a
 * Pod's name to that Pod even while it is being released. Then the handshake: `used` is up to 15 s old, and only the agent
 * knows what it has given since.
 */
export function withdrawalStep(node: CiliumNode, address: string): WithdrawalStep {
  const entry = node.pool.get(address);
  if (entry === undefined) return { changes: [], isSecured: true };
  const state = node.releases.get(address);
  const isMarked = withdrawnFrom(entry.owner) !== undefined;
  if (isMarked && (state === 'ready-for-release' || state === 'released')) return { changes: [], isSecured: true };
  if (node.used.has(address)) {
    // It was asked for too early: it is asked again when `used` does not show it any more.
    return state === 'do-not-release' ? { changes: [released(node, address, undefined)], isSecured: false } : nothing;
  }
  if (!isMarked) {
    const to = { owner: withdrawnMark(entry.owner), resource: entry.resource };
    const marked: NodeChange = { of: 'entry', node, address, to };
    // An answer to an earlier question does not know of the mark.
    return { changes: [marked, released(node, address, 'marked-for-release')], isSecured: false };
  }
  if (state === 'marked-for-release') return nothing;
  return { changes: [released(node, address, 'marked-for-release')], isSecured: false };
}

/** What ends a withdrawal: the entry goes, and the agent is told so, that it may forget of it. */
export function withdrawn(node: CiliumNode, address: string): readonly NodeChange[] {
  return [{ of: 'entry', node, address, to: undefined }, released(node, address, 'released')];
}

export function released(
  node: CiliumNode,
  address: string,
  to: 'marked-for-release' | 'released' | undefined,
): NodeChange {
  return { of: 'release', node, address, to };
}
