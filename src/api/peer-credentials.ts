import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** The process on the other side of a Unix socket, as it was when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gids: readonly number[];
}

interface Native {
  peerCredentials(fd: number): readonly number[];
}

/** Compiled from native/ by `make build` where there is a compiler (docs/decisions/0024-peer-credentials.md). */
const file = fileURLToPath(new URL('../../build/native/peer-credentials.node', import.meta.url));

/** What asks the kernel; undefined where it was not compiled. */
export function peerCredentials(): ((socket: Socket) => PeerCredentials) | undefined {
  if (!existsSync(file)) return undefined;
  const native = createRequire(import.meta.url)(file) as Native;
  return (socket) => {
    const [pid = 0, uid = -1, ...gids] = native.peerCredentials(descriptorOf(socket));
    return { pid, uid, gids };
  };
}

/** Node.js documents no way to it; the handle has had it since the beginning. -1 is no descriptor: the kernel refuses. */
function descriptorOf(socket: Socket): number {
  const { _handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return _handle?.fd ?? -1;
}
