import type { Socket } from 'node:net';
import type { Caller } from './caller.ts';
import type { Enter, Gate } from './gate.ts';
import type { PeerCredentials } from './peer-credentials.ts';
import type { Refusals } from './refusals.ts';

export interface UnixGateParts {
  /** Of the daemon. */
  readonly uid: number;
  /** Whose members may connect, and as what. */
  readonly group?: { readonly gid: number; readonly role: 'viewer' | 'operator' | 'admin' };
  /** What the kernel says of the other side; undefined: it cannot be asked here. */
  readonly credentialsOf: ((socket: Socket) => PeerCredentials) | undefined;
  readonly refusals: Refusals;
}

/**
 * The Unix socket: root and the daemon's own user are its admins, members of the group what the configuration says. Where
 * the kernel cannot be asked who calls, the file's mode 0600 has let nobody else connect.
 */
export class UnixGate implements Gate {
  readonly #parts: UnixGateParts;

  constructor(parts: UnixGateParts) {
    this.#parts = parts;
  }

  open(enter: Enter): (socket: Socket) => void {
    return (socket) => {
      const caller = this.#callerOf(socket);
      if (caller === undefined) socket.destroy();
      else enter(socket, caller);
    };
  }

  close(): void {}

  #callerOf(socket: Socket): Caller | undefined {
    const { uid: own, group, credentialsOf, refusals } = this.#parts;
    const local = { via: 'unix', address: 'unix' } as const;
    if (credentialsOf === undefined) return { name: 'owner of the socket', role: 'admin', ...local };
    const { uid, gids } = credentialsOf(socket);
    const name = `uid ${uid}`;
    if (uid === 0 || uid === own) return { name, role: 'admin', ...local };
    if (group !== undefined && gids.includes(group.gid)) return { name, role: group.role, ...local };
    refusals.connection(
      'unix',
      'unknown-user',
      `${name} is neither root, nor the daemon's user, nor of grpc.socketGroup`,
      name,
    );
    return undefined;
  }
}
