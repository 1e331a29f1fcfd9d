import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { emptyRangeSet } from '../../ip/range-set.ts';
import { type PoolResource, parsePool, poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import { requireAllowed, reviewWrite } from '../../resources/rules/review.ts';
import { MemoryPresences, type Presences } from '../../store/presences.ts';
import type { Store } from '../../store/store.ts';
import type { Caller } from '../caller.ts';
import { enrolStream } from '../connections.ts';
import { forCaller } from '../current-caller.ts';
import { contract } from '../proto.ts';
import { type NodeLimits, NodeQuota } from '../store-limits.ts';
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
  limits: NodeLimits = { claims: 100, blocks: 100, pools: 100, quarantines: 100 },
): Promise<ServedStore> {
  const grpc = new Server();
  const pool = async (name: string) => {
    const resource = await store.get({ kind: poolKind, name });
    return resource === undefined ? undefined : parsePool(resource as Parameters<typeof parsePool>[0]);
  };
  const count = async (kind: string) => {
    const owners = (await store.list(kind)).items.map(({ spec }) =>
      String((spec as { daemon?: unknown }).daemon ?? ''),
    );
    return new Map(owners.map((owner) => [owner, owners.filter((one) => one === owner).length]));
  };
  const quota = new NodeQuota({ limits, count, now: Date.now });
  const review = async (resource: Resource): Promise<void> => {
    const pools = (await store.list<PoolResource>(poolKind)).items.map(parsePool);
    const none = () => emptyRangeSet;
    requireAllowed(
      reviewWrite({ operation: 'create', resource }, { pools, subnets: [], heldIn: none, heldAnywhere: none }),
    );
  };
  grpc.addService(contract.Store.service, storeService({ store, pool, presences, quota, review }));
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    enrolStream(socket, {
      caller,
      forCaller: forCaller(caller),
      onRefused: () => {},
      onDone: () => {},
      end: () => socket.destroy(),
    });
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
