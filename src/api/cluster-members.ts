import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import { contract } from './proto.ts';
import { remoteError } from './remote-error.ts';

const deadlineMs = 5_000;

/**
 * Addresses of the members of a cluster, as one of them knows them.
 * @throws IpamError unsupported: the server is the only one and keeps no members
 */
export async function listMembers(
  address: string,
  { credentials, options }: ChannelSecurity,
): Promise<readonly string[]> {
  const client = new contract.Cluster(address, credentials, options);
  try {
    return await new Promise((resolve, reject) => {
      client.ListMembers({}, { deadline: Date.now() + deadlineMs }, (error: ServiceError | null, answer) => {
        if (error?.code === status.UNIMPLEMENTED)
          reject(new IpamError('unsupported', `${address} is no member of a cluster`, { cause: error }));
        else if (error !== null) reject(remoteError(error, address));
        else resolve((answer?.members ?? []).filter(({ is_learner }) => !is_learner).map((member) => member.address));
      });
    });
  } finally {
    client.close();
  }
}
