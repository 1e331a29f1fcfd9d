import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { ClusterDefinition } from '../../src/api/generated/ipam/Cluster.ts';
import type { IPAMDefinition } from '../../src/api/generated/ipam/IPAM.ts';
import { contract } from '../../src/api/proto.ts';
import { cliError } from '../../src/cli/call-failure.ts';
import type { Client } from '../../src/cli/client.ts';

const options = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 300,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
};

/** Longer than a daemon tries to reach its cluster: what is not answered by then was lost with the daemon. */
const callMs = 20_000;

type Unary = (
  request: unknown,
  options: { deadline: number },
  callback: (error: ServiceError | null, answer?: unknown) => void,
) => unknown;

/** The Unix socket of one daemon, for as long as a run lasts: found again soon when the daemon has been away. */
export class DaemonClient implements Pick<Client, 'call' | 'cluster' | 'close'> {
  readonly #ipam: InstanceType<typeof contract.IPAM>;
  readonly #cluster: InstanceType<typeof contract.Cluster>;
  readonly #address: string;

  constructor(socket: string) {
    this.#address = socket;
    this.#ipam = new contract.IPAM(`unix:${socket}`, credentials.createInsecure(), options);
    this.#cluster = new contract.Cluster(`unix:${socket}`, credentials.createInsecure(), options);
  }

  /** @throws CliError; code `unreachable`: the daemon may have carried it out */
  readonly call: Client['call'] = (method: keyof IPAMDefinition & string, request: unknown) =>
    this.#send(this.#ipam, method, request);

  readonly cluster: Client['cluster'] = (method: keyof ClusterDefinition & string, request: unknown) =>
    this.#send(this.#cluster, method, request);

  close(): void {
    this.#ipam.close();
    this.#cluster.close();
  }

  #send(service: object, name: string, request: unknown): Promise<never> {
    return new Promise((resolve, reject) => {
      const method = (service as Record<string, Unary>)[name] as Unary;
      method.call(service, request, { deadline: Date.now() + callMs }, (error, answer) => {
        if (error === null && answer !== undefined) resolve(answer as never);
        else reject(cliError(error, this.#address));
      });
    });
  }
}
