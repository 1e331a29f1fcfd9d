import type { Container, FleetOptions, RefusedCall } from '../chaos/fleet.ts';
import { Random } from '../kit/random.ts';
import type { Node } from './ground.ts';
import { Tally } from './tally.ts';

const containersPerNode = 4;
const reasonShown = 120;

/** Containers of every node, wired by the real ptp plugin with addresses of the node's own blocks. */
export class Pods {
  /** Calls that failed, by verb and reason. */
  readonly refused = new Tally();
  readonly #seed: number;
  readonly #problem: (text: string) => void;
  /** Questions that failed calls raise. */
  readonly #asking = new Set<Promise<void>>();

  constructor(seed: number, problem: (text: string) => void) {
    this.#seed = seed;
    this.#problem = problem;
  }

  readonly fleetOf = (node: Node): FleetOptions => ({
    size: containersPerNode,
    name: `pod-${node.name}-`,
    networks: [
      {
        cniVersion: '1.0.0',
        name: 'blocks',
        type: 'ptp',
        ipam: { type: 'ipam-plugin', daemonSocket: node.machine.daemon.socket },
      },
    ],
    host: node.machine.namespace,
    random: new Random(this.#seed + Number(node.name.slice(-1))),
    problem: this.#problem,
    onRefused: (container, call) => this.#ask(node, container, call),
  });

  /** Resolves when it is known why calls failed. */
  async asked(): Promise<void> {
    await Promise.all(this.#asking);
  }

  #ask(node: Node, { id }: Container, { verb, result, calledAt }: RefusedCall): void {
    const { json, stderr } = result;
    const reason = (json.msg ?? stderr).trim();
    // Its daemon was away: whoever calls then is told to try again, and leased addresses do not help.
    if (node.wasAway(calledAt)) {
      this.refused.add(`${verb} while the node's daemon was away: ${short(reason)}`);
      return;
    }
    this.refused.add(`${verb}: ${short(reason)}`);
    if (verb === 'CHECK') return;
    const asked = node.freeLeased(calledAt).then(
      (free) => {
        if (free > 0 || verb === 'DEL')
          this.#problem(`${verb} ${id} failed with ${free} leased addresses free: ${reason} ${json.details ?? ''}`);
      },
      (error: Error) => this.#problem(`${verb} ${id} failed: ${reason}; and then: ${error.message}`),
    );
    this.#asking.add(asked);
    void asked.finally(() => this.#asking.delete(asked));
  }
}

/** Without what differs from call to call. */
function short(reason: string): string {
  return reason.replaceAll(/\d+(\.\d+)*(\/\d+)?/g, 'N').slice(0, reasonShown);
}
