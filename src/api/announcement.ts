import type { ServiceError } from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import { contract } from './proto.ts';
import { remoteError } from './remote-error.ts';

/** A server that is away delays an answer for the cluster no longer than this. */
const listMs = 800;
/** A connection that died without a sign is found out in this time. */
const channelOptions = { 'grpc.keepalive_time_ms': 5_000, 'grpc.keepalive_timeout_ms': 3_000 };

/**
 * Has a server say that a node's daemon is there, until the signal aborts or the connection ends.
 * @throws IpamError store-unavailable, permission-denied, unsupported (an older server)
 */
export async function announceAt(
  address: string,
  { credentials, options }: ChannelSecurity,
  { node, endpoint }: { readonly node: string; readonly endpoint: string },
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const client = new contract.Store(address, credentials, { ...channelOptions, ...options });
  const call = client.Announce({ node, endpoint });
  const end = (): void => call.cancel();
  signal.addEventListener('abort', end);
  try {
    for await (const _heard of call);
    if (!signal.aborted) throw new IpamError('store-unavailable', `${address} no longer says that we are there`);
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof IpamError ? error : remoteError(error as ServiceError, address);
  } finally {
    signal.removeEventListener('abort', end);
    client.close();
  }
}

/** Whose daemons a server knows to be there, and where they answer. @throws IpamError store-unavailable, unsupported */
export async function listPresent(
  address: string,
  { credentials, options }: ChannelSecurity,
): Promise<ReadonlyMap<string, string>> {
  const client = new contract.Store(address, credentials, options);
  try {
    return await new Promise((resolve, reject) => {
      client.ListPresent({}, { deadline: Date.now() + listMs }, (error: ServiceError | null, answer) => {
        if (error === null)
          resolve(new Map((answer?.daemons ?? []).map(({ node, endpoint }) => [node, endpoint] as const)));
        else reject(remoteError(error, address));
      });
    });
  } finally {
    client.close();
  }
}
