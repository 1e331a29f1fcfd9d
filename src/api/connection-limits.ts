import type { Socket } from 'node:net';
import { addressOf } from './gate.ts';
import type { Refusals } from './refusals.ts';

/** So many TCP connections at once from one address, over all listeners of the daemon. */
export class ConnectionLimits {
  readonly #most: number;
  readonly #refusals: Refusals;
  readonly #counts = new Map<string, number>();

  constructor(most: number, refusals: Refusals) {
    this.#most = most;
    this.#refusals = refusals;
  }

  /** Counts a connection until it closes; one too many is ended. @returns whether it may go on */
  admit(socket: Socket): boolean {
    const address = addressOf(socket);
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.#most) {
      const why = `${address} has ${count} connections open, as many as limits.connections allows`;
      this.#refusals.connection(address, 'too-many-connections', why);
      socket.destroy();
      return false;
    }
    this.#counts.set(address, count + 1);
    socket.once('close', () => this.#closed(address));
    return true;
  }

  #closed(address: string): void {
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}
