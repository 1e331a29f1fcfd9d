import { setTimeout as pause } from 'node:timers/promises';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { ClusterClient, ClusterDefinition } from '../api/generated/ipam/Cluster.ts';
import type { IPAMClient, IPAMDefinition } from '../api/generated/ipam/IPAM.ts';
import type { ResourcesClient, ResourcesDefinition } from '../api/generated/ipam/Resources.ts';
import type { TopologyClient, TopologyDefinition } from '../api/generated/ipam/Topology.ts';
import { contract } from '../api/proto.ts';
import { cliError, toldToWait } from './call-failure.ts';
import { type ClientTls, clientSecurity, whyNoTls } from './client-tls.ts';
import { daemonAddress } from './daemon-address.ts';
import { exitCodes } from './exit-codes.ts';

type RequestOf<Method> = Method extends MethodDefinition<infer Request, infer _R, infer _O, infer _A> ? Request : never;
type ResponseOf<Method> = Method extends MethodDefinition<infer _Q, infer _R, infer _O, infer Answer> ? Answer : never;

/** One method of a service with its own request and response. @throws CliError */
type Caller<Definition> = <Name extends keyof Definition & string>(
  method: Name,
  request: RequestOf<Definition[Name]>,
) => Promise<ResponseOf<Definition[Name]>>;

export interface Client {
  readonly address: string;
  readonly call: Caller<IPAMDefinition>;
  readonly resources: Caller<ResourcesDefinition>;
  readonly cluster: Caller<ClusterDefinition>;
  readonly topology: Caller<TopologyDefinition>;
  /** Does it give addresses now, by what its health says (grpc.health.v1)? @throws CliError */
  readonly serves: () => Promise<boolean>;
  /** For the streaming methods. */
  readonly ipam: IPAMClient;
  readonly clusterService: ClusterClient;
  close(): void;
}

type Service = IPAMClient | ResourcesClient | ClusterClient | TopologyClient;
type Unary = (
  request: unknown,
  options: { deadline: number },
  callback: (error: ServiceError | null, answer?: unknown) => void,
) => unknown;

/**
 * @param address a path, `unix:…`, or `host:port` @throws CliError usage
 * @param tls how to show who we are over TCP; absent: plain
 */
export function openClient(address: string, timeoutMs: number, tls?: ClientTls): Client {
  const { target, isTcp } = daemonAddress(address);
  // The socket is the node's own: who calls is known there without certificates.
  const used = tls !== undefined && isTcp ? tls : undefined;
  const security = used && clientSecurity(used, target);
  const shown = security?.credentials ?? credentials.createInsecure();
  const options = { 'grpc.max_receive_message_length': 256 * 1024 * 1024, ...security?.options };
  const ipam = new contract.IPAM(target, shown, options);
  const resources = new contract.Resources(target, shown, options);
  const cluster = new contract.Cluster(target, shown, options);
  const topology = new contract.Topology(target, shown, options);
  const once = (service: Service, name: string, request: unknown, deadline: number) =>
    new Promise<{ readonly error: ServiceError | null; readonly answer?: unknown }>((resolve) => {
      const method = (service as unknown as Record<string, Unary>)[name] as Unary;
      method.call(service, request, { deadline }, (error, answer) => resolve({ error, answer }));
    });
  const caller =
    (service: Service) =>
    async (name: string, request: unknown): Promise<never> => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const { error, answer } = await once(service, name, request, deadline);
        if (error === null && answer !== undefined) return answer as never;
        const waitMs = error === null ? undefined : toldToWait(error);
        if (waitMs === undefined || Date.now() + waitMs >= deadline) {
          const failure = cliError(error, address);
          throw failure.exit === exitCodes.unreachable && isTcp ? ((await whyNoTls(target, used)) ?? failure) : failure;
        }
        await pause(waitMs);
      }
    };
  return {
    address,
    ipam,
    serves: () =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + timeoutMs;
        // Asked without a service, an empty message; answered with one enum, in field 1.
        const none = (): Buffer => Buffer.alloc(0);
        const isServing = (answer: Buffer): boolean => answer[0] === 0x08 && answer[1] === 1;
        ipam.makeUnaryRequest('/grpc.health.v1.Health/Check', none, isServing, {}, { deadline }, (error, serving) => {
          if (error !== null) reject(cliError(error, address));
          else resolve(serving === true);
        });
      }),
    clusterService: cluster,
    cluster: caller(cluster),
    topology: caller(topology),
    call: caller(ipam),
    resources: caller(resources),
    close: () => {
      ipam.close();
      resources.close();
      cluster.close();
      topology.close();
    },
  };
}
