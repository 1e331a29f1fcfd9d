import type { Duplex } from 'node:stream';
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { ResourceAdministration } from '../ipam/resource-port.ts';
import type { TopologyAdministration } from '../topology/port.ts';
import type { Caller } from './caller.ts';
import { enrolStream } from './connections.ts';
import type { Guard } from './guard.ts';
import { endCalls } from './http2-refusals.ts';
import { ipamService } from './ipam-service.ts';
import { contract } from './proto.ts';
import { addReflection } from './reflection.ts';
import { resourcesService } from './resources-service.ts';
import type { IpamServiceParts } from './service-parts.ts';
import { topologyService } from './topology-service.ts';

const sessionMemory = 16;
/** A connection on which nothing was called for so long ends, milliseconds; one that does not answer pings, sooner. */
const idleMs = 10 * 60_000;
const pingMs = 60_000;
const pongMs = 20_000;
const stopMs = 5_000;

const services = ['', 'ipam.IPAM', 'ipam.Resources', 'ipam.Topology'] as const;

export interface GrpcServerParts extends IpamServiceParts {
  readonly resources: ResourceAdministration;
  readonly topology: TopologyAdministration;
  readonly guard: Guard;
  readonly limits: {
    /** Of one message that comes in. */
    readonly messageBytes: number;
    /** Calls at once on one connection. */
    readonly streams: number;
  };
}

/** The gRPC services over connections that somebody else accepted. */
export class GrpcServer {
  readonly #guard: Guard;
  readonly #server: Server;
  readonly #health: HealthImplementation;
  readonly #injector: { injectConnection(connection: Duplex): void };

  constructor({ guard, limits, ...parts }: GrpcServerParts) {
    this.#guard = guard;
    this.#server = new Server({
      interceptors: [guard.interceptor],
      'grpc.max_receive_message_length': limits.messageBytes,
      'grpc.max_concurrent_streams': limits.streams,
      // Of one connection, MiB: the library's own default is no limit.
      'grpc-node.max_session_memory': sessionMemory,
      'grpc.max_connection_idle_ms': idleMs,
      'grpc.keepalive_time_ms': pingMs,
      'grpc.keepalive_timeout_ms': pongMs,
      // Bookkeeping for a debugging service that is not offered here.
      'grpc.enable_channelz': 0,
    });
    this.#server.addService(contract.IPAM.service, ipamService(parts));
    this.#server.addService(contract.Resources.service, resourcesService(parts.resources, parts.ipam));
    this.#server.addService(contract.Topology.service, topologyService(parts.topology, parts.ipam));
    this.#health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, 'NOT_SERVING' as const])));
    this.#health.addToServer(this.#server);
    addReflection(this.#server);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    guard.watch(this.#server);
  }

  /** Before connections come: services beside those of the node. Their methods must be in the table of permissions. */
  addService(definition: ServiceDefinition, handlers: UntypedServiceImplementation): void {
    this.#server.addService(definition, handlers);
  }

  accept(connection: Duplex, caller: Caller): void {
    if (!this.#guard.admitsSession(caller)) {
      connection.destroy();
      return;
    }
    const enrolled = this.#guard.connectionOf(caller, () => {
      endCalls(enrolled);
      connection.destroy();
    });
    enrolStream(connection, enrolled);
    this.#injector.injectConnection(connection);
  }

  setServing(serving: boolean): void {
    for (const name of services) this.#health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  }

  /** Of one service beside those of the node. */
  setServiceServing(name: string, serving: boolean): void {
    this.#health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  }

  /** Lets calls under way end, for a while. */
  async stop(): Promise<void> {
    this.setServing(false);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, stopMs);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
