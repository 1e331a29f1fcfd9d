import type { Socket } from 'node:net';
import { addressOf } from './gate.ts';
import type { Refusals } from './refusals.ts';
import { sourceOf } from './source.ts';
import type { TokenBuckets } from './token-bucket.ts';

export interface ConnectionLimitsParts {
  /** At once from one source. */
  readonly ofOne: number;
  /** At once of all whose caller is not known. */
  readonly ofStrangers: number;
  /** At once of those who have shown a certificate. */
  readonly ofKnown: number;
  /** What strangers may cost, each source for itself; shared with their calls. Undefined: as much as they like. */
  readonly strangers: TokenBuckets | undefined;
  readonly refusals: Refusals;
}

interface Open {
  readonly socket: Socket;
  readonly address: string;
  readonly source: string;
}

/**
 * TCP connections, over all listeners of a process. Until a caller is known, and that is never where there are no
 * certificates, his connection is a stranger's. When those are too many the oldest of the source that has most gives way:
 * one source that opens as many as it can leaves room for the next health check.
 */
export class ConnectionLimits {
  readonly #parts: ConnectionLimitsParts;
  /** By source, the oldest first. */
  readonly #strangers = new Map<string, Set<Open>>();
  readonly #counts = new Map<string, number>();
  /** Of those open: a stream of TLS hides the socket below, and tells its addresses. */
  readonly #byPeer = new Map<string, Open>();
  #strangerCount = 0;
  #knownCount = 0;

  constructor(parts: ConnectionLimitsParts) {
    this.#parts = parts;
  }

  /**
   * Counts a connection until it closes; one too many is ended.
   * @param isTrusted the configuration trusts whoever connects there
   * @returns whether it may go on
   */
  admit(socket: Socket, isTrusted = false): boolean {
    const address = addressOf(socket);
    const source = sourceOf(address);
    const { strangers, ofOne, ofStrangers } = this.#parts;
    if (!isTrusted && (strangers?.take(source) ?? 0) > 0) {
      return this.#refuse(socket, address, 'too-often', `${address} connects or calls too often`);
    }
    const count = this.#counts.get(source) ?? 0;
    if (count >= ofOne) {
      const why = `${address} has ${count} connections open, as many as limits.connections allows`;
      return this.#refuse(socket, address, 'too-many-connections', why);
    }
    const open: Open = { socket, address, source };
    const peer = peerOf(socket);
    this.#counts.set(source, count + 1);
    this.#byPeer.set(peer, open);
    this.#enter(open);
    socket.once('close', () => {
      this.#leave(open);
      this.#byPeer.delete(peer);
      const left = (this.#counts.get(source) ?? 0) - 1;
      if (left > 0) this.#counts.set(source, left);
      else this.#counts.delete(source);
    });
    if (this.#strangerCount > ofStrangers) this.#makeRoom();
    return !socket.destroyed;
  }

  /** Its caller has shown who he is. @returns whether it may go on */
  identified(stream: Socket): boolean {
    const open = this.#byPeer.get(peerOf(stream));
    if (open === undefined) return true;
    const { ofKnown } = this.#parts;
    if (this.#knownCount >= ofKnown) {
      const why = `${this.#knownCount} connections with certificates are open, as many as the descriptors allow`;
      return this.#refuse(stream, open.address, 'too-many-connections', why);
    }
    if (!this.#leave(open)) return true;
    this.#knownCount += 1;
    open.socket.once('close', () => {
      this.#knownCount -= 1;
    });
    return true;
  }

  #enter(open: Open): void {
    const own = this.#strangers.get(open.source) ?? new Set();
    this.#strangers.set(open.source, own.add(open));
    this.#strangerCount += 1;
  }

  /** @returns whether it was still among the strangers */
  #leave(open: Open): boolean {
    const own = this.#strangers.get(open.source);
    if (!own?.delete(open)) return false;
    if (own.size === 0) this.#strangers.delete(open.source);
    this.#strangerCount -= 1;
    return true;
  }

  #makeRoom(): void {
    let fullest = new Set<Open>();
    for (const own of this.#strangers.values()) if (own.size > fullest.size) fullest = own;
    const [oldest] = fullest;
    if (oldest === undefined) return;
    this.#leave(oldest);
    const why = `${oldest.address} gave way: ${this.#parts.ofStrangers} connections of callers who are not known are open`;
    this.#refuse(oldest.socket, oldest.address, 'too-many-connections', why);
  }

  #refuse(socket: Socket, address: string, reason: string, why: string): false {
    this.#parts.refusals.connection(address, reason, why);
    socket.destroy();
    return false;
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;
}
