import type { CiliumNode } from '../../cilium/cilium-node.ts';
import { nodePlan } from '../../cilium/node-plan.ts';
import type { Family } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Result } from '../work-queue.ts';
import type { CiliumState } from './cilium-state.ts';
import type { KeptRecords } from './kept-records.ts';
import type { NodeWriter } from './node-writer.ts';
import type { SubnetRecords } from './subnet-records.ts';

export interface NodeReconcilerParts {
  readonly state: CiliumState;
  readonly kept: KeptRecords;
  readonly subnets: SubnetRecords;
  readonly writer: NodeWriter;
  readonly log: Log;
  readonly families: readonly Family[];
  /** See `NodePlanInput`. */
  readonly rate: number;
  readonly max: number;
}

const againMs = 1_000;

/** Has each CiliumNode its subnets, and enough in its pool. */
export class NodeReconciler {
  readonly #parts: NodeReconcilerParts;

  constructor(parts: NodeReconcilerParts) {
    this.#parts = parts;
  }

  /** @param name of a CiliumNode */
  readonly reconcile = async (name: string): Promise<Result> => {
    const { state, subnets, writer } = this.#parts;
    const node = state.node(name);
    if (node === undefined) {
      await subnets.release(name);
      return { outcome: 'unchanged' };
    }
    const isGiven = await this.#giveSubnets(node);
    if (isGiven !== undefined) return isGiven ? { outcome: 'written', againMs: 0 } : { outcome: 'unchanged', againMs };
    const changes = await this.#fill(node);
    if (!(await writer.write(changes))) return { outcome: 'unchanged', againMs };
    return { outcome: changes.length > 0 ? 'written' : 'unchanged' };
  };

  /** @returns undefined: it has what there is for it; false: it has changed meanwhile */
  async #giveSubnets(node: CiliumNode): Promise<boolean | undefined> {
    const { state, subnets, writer, families, log } = this.#parts;
    // What cannot be read may be of any family.
    if (node.hasUnreadableCIDRs) return undefined;
    if (families.every((family) => node.podCIDRs.some(({ address }) => address.family === family))) return undefined;
    const all = (await subnets.allot(node, state.nodes(), families)).map(formatPrefix);
    if (all.length === node.podCIDRs.length) return undefined;
    log.info({ node: node.name, podCIDRs: all }, 'a node has its subnets');
    return writer.write([{ of: 'podCIDRs', node, to: all }]);
  }

  async #fill(node: CiliumNode) {
    const { state, kept, families, rate, max, log } = this.#parts;
    const { changes, adopts, disowns } = nodePlan({
      ...{ node, families, rate, max },
      keptFor: (address) => kept.for(address),
      recordOf: (pod) => kept.of(pod),
      isElsewhere: (address) => state.withEntry(address).some(({ name }) => name !== node.name),
    });
    for (const record of adopts) {
      const addresses = [...(kept.of(record.pod)?.addresses ?? []), ...record.addresses];
      await kept.put({ ...record, addresses: [...new Set(addresses)] });
      log.info({ ...record, node: node.name }, 'marks are recorded that were there before');
    }
    for (const { pod, address, by } of disowns) {
      const record = kept.of(pod);
      const addresses = record?.addresses.filter((one) => one !== address) ?? [];
      log.error(
        { pod, address, by, node: node.name },
        'an address that was kept for a Pod is used by another; it is not kept any more',
      );
      if (record === undefined || addresses.length === 0) await kept.delete(pod);
      else await kept.put({ ...record, addresses });
    }
    return changes;
  }
}
