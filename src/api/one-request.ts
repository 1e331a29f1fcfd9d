import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * One request at a time on a connection: Node.js makes objects of all that have come, however many, and what is not read
 * waits with them.
 */
export class OneRequest {
  /** Connections with a request that is not answered yet. */
  readonly #busy = new WeakSet<Duplex>();

  /**
   * @param onPipelined told once of a connection that ends here
   * @returns false: another request of this connection is still under way, and the connection has ended
   */
  admit({ socket }: IncomingMessage, response: ServerResponse, onPipelined: () => void): boolean {
    if (socket.destroyed) return false;
    if (this.#busy.has(socket)) {
      onPipelined();
      socket.destroy();
      return false;
    }
    this.#busy.add(socket);
    response.once('close', () => this.#busy.delete(socket));
    return true;
  }
}
