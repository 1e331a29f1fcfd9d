import type { Drained } from '../../ipam/drain.ts';
import type { Clock } from '../../platform/clock.ts';
import { IpamError } from '../../resources/errors.ts';
import type { KeptDisk } from '../view/last-known-state.ts';

/** What is kept of it on the node's own disk: nobody else gives this node's addresses. */
export interface KeptDrain {
  readonly drained?: Drained | undefined;
}

export interface NodeDrainOptions {
  readonly node: string;
  /** Absent: a restart forgets it. */
  readonly disk?: KeptDisk<KeptDrain> | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A node that is emptied: what it has it keeps until its DEL, nothing new is given, no block is leased, and each is handed back when it
 * is empty. Until an operator ends it, over restarts, too.
 */
export class NodeDrain {
  readonly #options: NodeDrainOptions;
  #drained: Drained | undefined;

  constructor(options: NodeDrainOptions) {
    this.#options = options;
    this.#drained = options.disk?.load()?.drained;
  }

  get drained(): Drained | undefined {
    return this.#drained;
  }

  /** Nothing is given from the call on. The first reason stays. @throws IpamError storage-full, store-unavailable */
  async begin(reason: string): Promise<void> {
    this.#drained ??= { since: this.#options.clock.now(), reason };
    await this.#options.disk?.save({ drained: this.#drained });
  }

  /** @throws IpamError storage-full, store-unavailable */
  async end(): Promise<void> {
    await this.#options.disk?.save({});
    this.#drained = undefined;
  }

  /** Why a node gets nothing new; empty: it does. Other nodes that this daemon serves are not drained. */
  whyNot(node: string): string {
    if (this.#drained === undefined || node !== this.#options.node) return '';
    const { since, reason } = this.#drained;
    return `node "${node}" is drained since ${new Date(since).toISOString()} (${reason})`;
  }

  /** @throws IpamError unsupported */
  requireLeasing(node: string): void {
    const why = this.whyNot(node);
    if (why !== '') throw new IpamError('unsupported', why, { advice: `ipam-cli drain ${node} --undo ends that` });
  }

  /** @throws IpamError not-ready */
  requireGiving(node: string): void {
    const why = this.whyNot(node);
    if (why === '') return;
    throw new IpamError('not-ready', `${why}, and gives no new addresses`, {
      advice: `ipam-cli drain ${node} --undo ends that`,
    });
  }
}
