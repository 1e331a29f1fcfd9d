import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { parsePool, poolKind } from '../../resources/pool.ts';
import { MemoryPresences, type Presences } from '../../store/presences.ts';
import type { Store } from '../../store/store.ts';
import type { Caller } from '../caller.ts';
import { enrolStream } from '../connections.ts';
import { contract } from '../proto.ts';
import { storeService } from '../store-service.ts';

export interface ServedStore {
  readonly address: string;
  /** Ends at once, as a crash would: connections break, and nobody listens any more. */
  kill(): Promise<void>;
}

export const admin: Caller = { name: 'test', role: 'admin', via: 'plain', address: '127.0.0.1' };

export function node(name: string): Caller {
  return { name, role: 'node', via: 'tls', address: '127.0.0.1' };
}

/** The service ipam.Store on a port of this machine, for one caller. */
export async function serveStore(
  store: Store,
  caller = admin,
  port = 0,
  presences: Presences = new MemoryPresences(),
): Promise<ServedStore> {
  const grpc = new Server();
  const pool = async (name: string) => {
    const resource = await store.get({ kind: poolKind, name });
    return resource === undefined ? undefined : parsePool(resource as Parameters<typeof parsePool>[0]);
  };
  grpc.addService(contract.Store.service, storeService({ store, pool, now: Date.now, presences }));
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    enrolStream(socket, { caller, onRefused: () => {}, onDone: () => {}, end: () => socket.destroy() });
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = server.address();
  return {
    address: `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    kill: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      grpc.forceShutdown();
    },
  };
}
