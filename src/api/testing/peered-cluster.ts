import { createServer, type Socket } from 'node:net';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import type { DaemonOptions } from '../../daemon/daemon-options.ts';
import { Cluster, events, type Node } from '../../daemon/testing/cluster.ts';
import { pool } from '../../daemon/testing/world.ts';
import { systemClock } from '../../platform/clock.ts';
import { enrolStream } from '../connections.ts';
import { forCaller } from '../current-caller.ts';
import { PeerDirectory } from '../peer-directory.ts';
import { GrpcPeers } from '../peers-client.ts';
import { peersService } from '../peers-service.ts';
import { contract } from '../proto.ts';
import { admin } from './serve-store.ts';

/** Daemons over one store that ask one another over gRPC, as in a cluster: pool `blocks` in blocks of /28, pool `office` shared. */
export class PeeredCluster {
  readonly cluster = new Cluster();
  readonly nodes = new Map<string, Node>();
  /** Where each answers; empty: nowhere. Absent: it is not there. */
  readonly endpoints = new Map<string, string>();
  readonly #ends: (() => void)[] = [];

  async open(names: readonly string[], options: Partial<DaemonOptions> = {}): Promise<this> {
    for (const name of names) await this.#add(name, options);
    const [first] = this.nodes.values();
    await first?.daemon.resources.apply(pool('blocks', { subnet: '10.20.0.0/24', blockSize: 28 }));
    await first?.daemon.resources.apply(pool('office', { subnet: '10.30.0.0/24' }));
    await events();
    return this;
  }

  get(name: string): Node {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  async #add(name: string, options: Partial<DaemonOptions>): Promise<void> {
    const list = { all: async () => this.endpoints };
    const peers = new GrpcPeers({
      directory: new PeerDirectory({ node: name, list, clock: systemClock }),
      securityOf: () => ({ credentials: credentials.createInsecure(), options: {} }),
    });
    const node = await this.cluster.node(name, { peers, ...options });
    this.nodes.set(name, node);
    const { ipam, administration } = node.daemon;
    const grpc = new Server();
    grpc.addService(contract.Peers.service, peersService({ ipam, administration }));
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      enrolStream(socket, {
        caller: admin,
        forCaller: forCaller(admin),
        onRefused: () => {},
        onDone: () => {},
        end: () => socket.destroy(),
      });
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    this.endpoints.set(name, `127.0.0.1:${port}`);
    this.#ends.push(() => {
      peers.close();
      server.close();
      for (const socket of sockets) socket.destroy();
      grpc.forceShutdown();
    });
  }
}
