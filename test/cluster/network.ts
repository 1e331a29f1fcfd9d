import { existsSync } from 'node:fs';
import { must } from '../kit/run.ts';
import { serviceRange } from './control-plane.ts';
import type { Ground } from './ground.ts';

const hasIpv6 = existsSync('/proc/sys/net/ipv6');

/**
 * One switch with a port for the control plane and one for each node. The switch is a bridge in a namespace of its
 * own, where no packet filter of the machine looks into its frames; the machine's own namespace has one link of it.
 */
export class Network {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get #switch(): string {
    return `${this.#ground.name}-switch`;
  }

  /** Makes the switch, with the machine itself at its first address. */
  async create(): Promise<void> {
    const { name } = this.#ground;
    await must('ip', ['netns', 'add', this.#switch]);
    await must('ip', ['-n', this.#switch, 'link', 'add', 'switch', 'type', 'bridge']);
    await must('ip', ['-n', this.#switch, 'link', 'set', 'switch', 'up']);
    await must('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', this.#switch]);
    await this.#plug('uplink');
    await this.#address([], name, 1);
    await must('ip', ['link', 'set', name, 'up']);
  }

  /** Makes a node's namespace with eth0 at the n-th address. @returns the namespace's name */
  async connect(node: string, n: number): Promise<string> {
    const netns = `${this.#ground.name}-${node}`;
    const port = `port${n}`;
    await must('ip', ['netns', 'add', netns]);
    await must('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
    await must('ip', ['-n', netns, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', this.#switch]);
    await this.#plug(port);
    await this.#address(['-n', netns], 'eth0', n);
    await must('ip', ['-n', netns, 'link', 'set', 'eth0', 'up']);
    // No default route: whoever looks for a cloud's metadata learns at once that there is none.
    await must('ip', ['-n', netns, 'route', 'add', serviceRange, 'via', this.#ground.address(1)]);
    return netns;
  }

  /** Pulls the cable of the node at the n-th address, or puts it back. */
  async setPort(n: number, state: 'up' | 'down'): Promise<void> {
    await must('ip', ['-n', this.#switch, 'link', 'set', `port${n}`, state]);
  }

  async #plug(port: string): Promise<void> {
    await must('ip', ['-n', this.#switch, 'link', 'set', port, 'master', 'switch', 'up']);
  }

  async #address(where: readonly string[], link: string, n: number): Promise<void> {
    await must('ip', [...where, 'address', 'add', `${this.#ground.address(n)}/24`, 'dev', link]);
    if (!hasIpv6) return;
    await must('ip', [...where, 'address', 'add', `${this.#ground.address6(n)}/64`, 'dev', link, 'nodad']);
  }
}
