import { Namespace } from '../kit/namespace.ts';
import { must } from '../kit/run.ts';

/** Source addresses of the attackers. */
const sources = 12;

/** A network namespace that attackers are in, on a cable of its own to this machine. */
export class Field {
  readonly namespace = new Namespace('attack');
  readonly #network = `10.${100 + (process.pid % 100)}.${(process.pid >> 8) % 250}`;
  readonly #cable = `bat${process.pid % 100_000}`;

  /** Where this machine is attacked. */
  get target(): string {
    return `${this.#network}.1`;
  }

  /** Where attackers come from. */
  get sources(): readonly string[] {
    return Array.from({ length: sources }, (_, index) => `${this.#network}.${index + 2}`);
  }

  async open(): Promise<this> {
    await this.namespace.create();
    const { name } = this.namespace;
    await must('ip', ['link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
    await must('ip', ['addr', 'add', `${this.target}/24`, 'dev', this.#cable]);
    await must('ip', ['link', 'set', this.#cable, 'up']);
    for (const source of this.sources) await this.namespace.exec('ip', 'addr', 'add', `${source}/24`, 'dev', 'eth0');
    await this.namespace.exec('ip', 'link', 'set', 'eth0', 'up');
    return this;
  }

  /** The cable goes with its other end. */
  async close(): Promise<void> {
    await this.namespace.delete();
  }
}
