import type { Socket } from 'node:net';
import type { Caller } from './caller.ts';
import { Crowd } from './crowd.ts';
import { addressOf } from './gate.ts';
import type { Intake } from './intake.ts';
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
  /** How much strangers, viewers and nodes may send; absent: as much as they like. */
  readonly intake?: Intake<Socket>;
  readonly refusals: Refusals;
}

/** Who sends whatever he likes: he could do worse. */
const unbounded: ReadonlySet<Caller['role']> = new Set(['member', 'admin', 'operator']);

/** How long a source waits from which somebody came again who owed still. */
const tooMuchSeconds = 10;

const tooMuch = 'sends more than it may, whatever it is';

interface Open {
  readonly socket: Socket;
  readonly address: string;
  readonly source: string;
  /** It came out of what its source may cost. */
  readonly isCharged: boolean;
}

/**
 * TCP connections, over all listeners of a process. Until a caller is known, and that is never where there are no
 * certificates, his connection is a stranger's. When those are too many the oldest of the source that has most gives way:
 * one source that opens as many as it can leaves room for the next health check.
 */
export class ConnectionLimits {
  readonly #parts: ConnectionLimitsParts;
  readonly #strangers = new Crowd<Open>();
  readonly #counts = new Map<string, number>();
  /** Of those open: a stream of TLS hides the socket below, and tells its addresses. */
  readonly #byPeer = new Map<string, Open>();
  #knownCount = 0;
  #ofOne: number;

  constructor(parts: ConnectionLimitsParts) {
    this.#parts = parts;
    this.#ofOne = parts.ofOne;
  }

  /** How many one source may have open from now on; those that are open stay. */
  setOfOne(ofOne: number): void {
    this.#ofOne = ofOne;
  }

  /**
   * Counts a connection until it closes; one too many is ended.
   * @param isTrusted the configuration trusts whoever connects there
   * @returns whether it may go on
   */
  admit(socket: Socket, isTrusted = false): boolean {
    const address = addressOf(socket);
    const source = sourceOf(address);
    const { strangers, ofStrangers, intake } = this.#parts;
    if (!isTrusted && (strangers?.take(source) ?? 0) > 0) {
      return this.#refuse(socket, address, 'too-often', `${address} connects or calls too often`);
    }
    const count = this.#counts.get(source) ?? 0;
    if (count >= this.#ofOne) {
      const why = `${address} has ${count} connections open, as many as limits.connections allows`;
      return this.#refuse(socket, address, 'too-many-connections', why);
    }
    if (!isTrusted && intake?.ofStranger(socket, source) === false) {
      intake.end(socket);
      return this.#refuse(socket, address, 'too-much', `${address} ${tooMuch}`);
    }
    const open: Open = { socket, address, source, isCharged: !isTrusted };
    const peer = peerOf(socket);
    this.#counts.set(source, count + 1);
    this.#byPeer.set(peer, open);
    this.#strangers.enter(open);
    socket.once('close', () => {
      intake?.end(socket);
      this.#strangers.leave(open);
      this.#byPeer.delete(peer);
      const left = (this.#counts.get(source) ?? 0) - 1;
      if (left > 0) this.#counts.set(source, left);
      else this.#counts.delete(source);
    });
    if (this.#strangers.size > ofStrangers) this.#makeRoom();
    return !socket.destroyed;
  }

  /** Its caller has shown who he is; absent: somebody who may send what he likes. @returns whether it may go on */
  identified(stream: Socket, caller?: Caller): boolean {
    const open = this.#byPeer.get(peerOf(stream));
    if (open === undefined) return true;
    if (!this.#maySend(open, caller)) {
      // To come again is a handshake each time, and these cost more than all the rest.
      this.#parts.strangers?.punish(open.source, tooMuchSeconds);
      return this.#refuse(stream, open.address, 'too-much', `${caller?.role} "${caller?.name}" ${tooMuch}`);
    }
    const { ofKnown } = this.#parts;
    if (this.#knownCount >= ofKnown) {
      const why = `${this.#knownCount} connections with certificates are open, as many as the descriptors allow`;
      return this.#refuse(stream, open.address, 'too-many-connections', why);
    }
    if (!this.#strangers.leave(open)) return true;
    // The limit is of those who show no certificate: an agent that comes back with a hundred others from one address does.
    if (open.isCharged) this.#parts.strangers?.give(open.source);
    this.#knownCount += 1;
    open.socket.once('close', () => {
      this.#knownCount -= 1;
    });
    return true;
  }

  /** Ends connections of those that have sent too much. To be called every now and then, where there is an intake. */
  sweep(): void {
    for (const socket of this.#parts.intake?.sweep() ?? []) {
      const address = addressOf(socket);
      this.#refuse(socket, address, 'too-much', `a client at ${address} ${tooMuch}`);
    }
  }

  #maySend({ socket }: Open, caller: Caller | undefined): boolean {
    const { intake } = this.#parts;
    intake?.end(socket);
    if (intake === undefined || caller === undefined || unbounded.has(caller.role)) return true;
    return intake.ofKnown(socket, `${caller.role} ${caller.name}`);
  }

  #makeRoom(): void {
    const oldest = this.#strangers.oldestOfFullest();
    if (oldest === undefined) return;
    this.#strangers.leave(oldest);
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
