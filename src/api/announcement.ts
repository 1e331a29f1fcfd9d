import type { ServiceError } from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import { contract } from './proto.ts';
import { remoteError } from './remote-error.ts';

/** A connection that died without a sign is found out in this time. */
const channelOptions = { 'grpc.keepalive_time_ms': 5_000, 'grpc.keepalive_timeout_ms': 3_000 };

/**
 * Has a server say that a node's daemon is there, until the signal aborts or the connection ends.
 * @throws IpamError store-unavailable, permission-denied, unsupported (an older server)
 */
export async function announceAt(
  address: string,
  { credentials, options }: ChannelSecurity,
  node: string,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const client = new contract.Store(address, credentials, { ...channelOptions, ...options });
  const call = client.Announce({ node });
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
