import type { Socket } from 'node:net';
import type { Caller } from './caller.ts';

/** What to do with a connection whose caller is known; of TLS the stream is the deciphered one. */
export type Enter = (stream: Socket, caller: Caller) => void;

/** Decides whose a connection is, and whether it may go on. Each listener has one of its own. */
export interface Gate {
  /** @returns what takes a new connection, and has it enter or ends it */
  open(enter: Enter): (socket: Socket) => void;
  close(): void;
}

/** TCP without certificates: nobody is known; everybody may read, or is trusted with all. */
export class PlainGate implements Gate {
  readonly #role: 'anonymous' | 'admin';

  /** @param trusted the configuration says that the network is trusted (`tls.insecure`) */
  constructor(trusted: boolean) {
    this.#role = trusted ? 'admin' : 'anonymous';
  }

  open(enter: Enter): (socket: Socket) => void {
    return (socket) => {
      const address = addressOf(socket);
      enter(socket, { name: address, role: this.#role, via: 'plain', address });
    };
  }

  close(): void {}
}

/** Where a TCP connection comes from, IPv4 without the IPv6 form that a dual-stack socket gives it. */
export function addressOf({ remoteAddress = 'gone' }: Socket): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
}
