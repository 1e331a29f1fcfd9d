import type { Socket } from 'node:net';
import type { Caller } from './caller.ts';

/** Whoever could open a socket file of mode 0600: its owner, or root. */
export function ownerOfSocket(): Caller {
  return { name: 'owner of the socket', role: 'admin', via: 'unix', address: 'unix' };
}

/** Anybody on the network, who showed nothing. */
export function unknownPeer(socket: Socket): Caller {
  return { name: addressOf(socket), role: 'anonymous', via: 'plain', address: addressOf(socket) };
}

/** Anybody on the network, when the configuration says that all are trusted. */
export function trustedPeer(socket: Socket): Caller {
  return { ...unknownPeer(socket), role: 'admin' };
}

function addressOf({ remoteAddress }: Socket): string {
  return remoteAddress ?? 'gone';
}
