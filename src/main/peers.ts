import { credentials } from '@grpc/grpc-js';
import { PeerDirectory } from '../api/peer-directory.ts';
import { GrpcPeers } from '../api/peers-client.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { systemClock } from '../platform/clock.ts';
import type { PresenceList } from '../store/presences.ts';
import { channelSecurity } from '../tls/channel.ts';
import type { Security } from './security.ts';

/** How this daemon asks others; each must show the certificate of its own node, where there are certificates. */
export function openPeers(
  { node }: Pick<DaemonConfig, 'node'>,
  list: PresenceList | undefined,
  { tls }: Pick<Security, 'tls'>,
): GrpcPeers | undefined {
  if (list === undefined) return undefined;
  const peers = new GrpcPeers({
    directory: new PeerDirectory({ node, list, clock: systemClock }),
    securityOf: (subject, endpoint) =>
      tls === undefined
        ? { credentials: credentials.createInsecure(), options: {} }
        : channelSecurity(tls.current, endpoint, { roles: ['node', 'member'], subject }),
  });
  tls?.onChange(() => peers.renew());
  return peers;
}
