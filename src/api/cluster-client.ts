import { type ServiceError, status } from '@grpc/grpc-js';
import type { JoinAnswer, JoinQuestion, MemberReport, OtherDaemons } from '../members/member-report.ts';
import { type ErrorCode, IpamError } from '../resources/errors.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import { reportOf } from './cluster-messages.ts';
import type { ClusterClient } from './generated/ipam/Cluster.ts';
import type { JoinResponse__Output } from './generated/ipam/JoinResponse.ts';
import type { MemberReport__Output } from './generated/ipam/MemberReport.ts';
import { contract } from './proto.ts';
import { adviceTrailer, errorTrailer, isErrorCode } from './status.ts';

/** Who does not say how it is in this time is taken for away. */
const identifyMs = 2_000;
/** Changes of members wait for one another. */
const changeMs = 60_000;
/** One that was unreachable is looked for again soon. */
const channelOptions = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 };

/** The service ipam.Cluster of other daemons. Every call has a connection of its own: calls are rare. */
export class ClusterDaemons implements OtherDaemons {
  readonly #securityOf: (address: string) => ChannelSecurity;

  /** @param securityOf asked for each call: certificates are renewed */
  constructor(securityOf: (address: string) => ChannelSecurity) {
    this.#securityOf = securityOf;
  }

  identify(address: string): Promise<MemberReport> {
    return this.#call(address, async (client, deadline) => {
      const message = await answer<MemberReport__Output>(
        (done) => client.Identify({}, { deadline: deadline(identifyMs) }, done),
        address,
      );
      return reportOf(message);
    });
  }

  join(address: string, question: JoinQuestion): Promise<JoinAnswer> {
    return this.#call(address, async (client, deadline) => {
      const request = {
        name: question.name,
        address: question.address,
        cluster_name: question.clusterName,
        reached_at: question.reachedAt,
        tls: question.tls,
      };
      const message = await answer<JoinResponse__Output>(
        (done) => client.Join(request, { deadline: deadline(changeMs) }, done),
        address,
      );
      return {
        clusterId: message.cluster_id,
        clusterName: message.cluster_name,
        memberId: message.member_id,
        generation: message.generation,
        initialCluster: message.initial_cluster,
        addresses: message.addresses,
      };
    });
  }

  async moveLeader(address: string, member: string): Promise<void> {
    await this.#call(address, (client, deadline) =>
      answer((done) => client.MoveLeader({ member }, { deadline: deadline(changeMs) }, done), address),
    );
  }

  async #call<T>(
    address: string,
    call: (client: ClusterClient, deadline: (ms: number) => number) => Promise<T>,
  ): Promise<T> {
    const { credentials, options } = this.#securityOf(address);
    const client = new contract.Cluster(address, credentials, { ...channelOptions, ...options });
    try {
      return await call(client, (ms) => Date.now() + ms);
    } finally {
      client.close();
    }
  }
}

function answer<T>(
  call: (done: (error: ServiceError | null, message?: T) => void) => unknown,
  address: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, message) => {
      if (error === null && message !== undefined) resolve(message);
      else reject(domainError(error, address));
    });
  });
}

/** What the other daemon said, as if it had been said here. */
function domainError(error: ServiceError | null, address: string): IpamError {
  if (error === null) return new IpamError('store-unavailable', `${address} sent an empty answer`);
  const [code] = error.metadata?.get(errorTrailer) ?? [];
  const [advice] = error.metadata?.get(adviceTrailer) ?? [];
  if (code === undefined || !isErrorCode(String(code))) {
    const isAway = error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED;
    return new IpamError(isAway ? 'not-ready' : 'store-unavailable', `${address}: ${error.details}`, { cause: error });
  }
  return new IpamError(String(code) as ErrorCode, error.details, {
    advice: advice === undefined ? '' : advice.toString(),
    cause: error,
  });
}
