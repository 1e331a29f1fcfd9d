import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../../src/cli/cli-error.ts';
import type { Node } from './ground.ts';

export interface Outage {
  readonly fault: string;
  /** Milliseconds from the fault to the first answered lease through any of the daemons that were left. */
  readonly firstMs: number;
  /** The same for each daemon; undefined when it gave none in time. */
  readonly byNode: ReadonlyMap<Node, number | undefined>;
  /** In whose names blocks were asked for: they may have some. */
  readonly probes: readonly { readonly node: Node; readonly holder: string }[];
}

const patienceMs = 60_000;
const repeatMs = 5;
let names = 0;

/** Leases a block through each daemon that is left, with calls that begin after the fault, until each has given one. */
export async function outage(fault: string, left: readonly Node[], since: number): Promise<Outage> {
  const probes: { node: Node; holder: string }[] = [];
  const byNode = new Map<Node, number | undefined>();
  await Promise.all(
    left.map(async (node) => {
      while (performance.now() - since < patienceMs) {
        const holder = `probe-${node.name}-${++names}`;
        probes.push({ node, holder });
        try {
          await node.client.call('AllocateBlock', { node_id: holder });
          byNode.set(node, performance.now() - since);
          return;
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          await pause(repeatMs);
        }
      }
      byNode.set(node, undefined);
    }),
  );
  const known = [...byNode.values()].filter((ms) => ms !== undefined);
  return { fault, firstMs: Math.min(...known), byNode, probes };
}
