import type { Server } from 'node:https';

/** How many requests are under way, in all and from one address. */
export class Underway {
  readonly #most: { readonly inAll: number; readonly fromOne: number };
  readonly #from = new Map<string, number>();
  #all = 0;

  constructor(most: { readonly inAll: number; readonly fromOne: number }) {
    this.#most = most;
  }

  /** @returns false when there are as many as there may be; then it is not to be ended */
  begin(address: string): boolean {
    const count = this.#from.get(address) ?? 0;
    if (this.#all >= this.#most.inAll || count >= this.#most.fromOne) return false;
    this.#all += 1;
    this.#from.set(address, count + 1);
    return true;
  }

  end(address: string): void {
    this.#all -= 1;
    const left = (this.#from.get(address) ?? 0) - 1;
    if (left > 0) this.#from.set(address, left);
    else this.#from.delete(address);
  }
}

/** Ends connections from an address that has as many as it may: one host must not keep API servers out. */
export function limitConnections(server: Server, mostFromOne: number): void {
  const open = new Underway({ inAll: Number.POSITIVE_INFINITY, fromOne: mostFromOne });
  server.on('connection', (socket) => {
    const from = socket.remoteAddress ?? '';
    if (open.begin(from)) socket.once('close', () => open.end(from));
    else socket.destroy();
  });
}
