import { randomUUID, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { announceAt, listPresent } from '../api/announcement.ts';
import { listMembers } from '../api/cluster-members.ts';
import { ServerStore } from '../api/store-client.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { systemClock } from '../platform/clock.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import { readServers, rememberServers } from '../store/remote/known-servers.ts';
import { RemoteStore } from '../store/remote/remote-store.ts';
import { Servers } from '../store/remote/servers.ts';
import type { Log } from '../telemetry/log.ts';
import { type ChannelSecurity, channelSecurity } from '../tls/channel.ts';
import { identityOf, memberName } from '../tls/identity.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { Engine } from './engine.ts';
import { agentEndpoint } from './own-endpoint.ts';

/** How often the members are asked who they are. */
const refreshMs = 30_000;
/** After a round in which nobody answered. */
const retryMs = 2_000;

/** State with the members of a cluster, of which this daemon is none. @throws IpamError invalid-config */
export function openAgentEngine(
  config: DaemonConfig,
  { servers: named }: AgentConfig,
  tls: TlsFiles | undefined,
  log: Log,
): Engine {
  requireTrust(config, named, tls);
  const file = join(config.dataDir, 'servers.json');
  const known = readServers(file);
  const servers = new Servers([...known, ...named]);
  const security = (address: string): ChannelSecurity =>
    tls === undefined
      ? { credentials: credentials.createInsecure(), options: {} }
      : channelSecurity(tls.current, address, { roles: ['member'], name: memberName });
  const store = new RemoteStore({
    servers,
    open: (address) => new ServerStore(address, security(address)),
    newUid: randomUUID,
    now: () => performance.now(),
    pause: systemClock.pause.bind(systemClock),
  });
  const unfollow = tls?.onChange(() => store.renew());
  const stop = new AbortController();
  let following: Promise<unknown> = Promise.resolve();

  async function refresh(): Promise<boolean> {
    for (const address of servers.order(performance.now())) {
      try {
        const listed = await listMembers(address, security(address));
        // Those that were named stay: a list may come from a cluster that is being repaired.
        servers.replace([...listed, ...named]);
        await rememberServers(file, listed);
        return true;
      } catch (error) {
        if (!isIpamError(error)) throw error;
        if (error.code === 'unsupported') return true;
        log.debug({ err: error, address }, 'cannot ask who the members are');
      }
    }
    return false;
  }

  /** One server after the other, for as long as this daemon runs. */
  async function announce(): Promise<void> {
    while (!stop.signal.aborted) {
      const [address] = servers.order(performance.now());
      if (address !== undefined) {
        try {
          await announceAt(
            address,
            security(address),
            { node: config.node, endpoint: agentEndpoint(config) },
            stop.signal,
          );
        } catch (error) {
          if (!isIpamError(error)) throw error;
          log.debug({ err: error, address }, 'nobody says that this node is there');
        }
      }
      await systemClock.pause(retryMs, stop.signal);
    }
  }

  return {
    store,
    isShared: true,
    completesDeletions: false,
    judgedBy: 'ask a member: ipam-cli --daemon <member>:7000 …',
    pods: undefined,
    // The member that leads does.
    speaksForPools: async () => false,
    present: { all: () => listPresentAtAny(servers, security) },
    onRefused: () => {},
    begin: async () => {
      const refreshing = (async () => {
        while (!stop.signal.aborted) {
          const heard = await refresh();
          await systemClock.pause(heard ? refreshMs : retryMs, stop.signal);
        }
      })();
      following = Promise.all([refreshing, announce()]);
    },
    end: async () => {
      stop.abort();
      await following;
      unfollow?.();
    },
  };
}

/** What one of the servers knows, the first that answers. @throws IpamError store-unavailable */
async function listPresentAtAny(
  servers: Servers,
  security: (address: string) => ChannelSecurity,
): Promise<ReadonlyMap<string, string>> {
  let reason: unknown;
  for (const address of servers.order(performance.now())) {
    try {
      return await listPresent(address, security(address));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      reason = error;
    }
  }
  throw reason ?? new IpamError('store-unavailable', 'no server is named');
}

/** Without certificates whoever answers at the address would be believed. @throws IpamError invalid-config */
function requireTrust(config: DaemonConfig, servers: readonly string[], tls: TlsFiles | undefined): void {
  if (tls !== undefined) requireOwnName(config, tls);
  const isNear = servers.every((address) => /^(127\.|localhost:|\[::1\]:)/.test(address));
  if (tls !== undefined || config.tls.insecure || isNear) return;
  throw new IpamError('invalid-config', `an agent of ${servers.join(', ')} would believe whoever answers there`, {
    advice:
      'make certificates with ipam-cli certs init and ipam-cli certs issue, or trust everybody on that network with --insecure',
    facts: { key: 'tls' },
  });
}

/** Members let a node write what has the name of its certificate, and nothing else. @throws IpamError invalid-config */
function requireOwnName({ node }: DaemonConfig, { current, paths }: TlsFiles): void {
  const { name = 'nobody', role = 'none' } = identityOf(new X509Certificate(current.cert)) ?? {};
  if (role !== 'node' || name === node) return;
  throw new IpamError('invalid-config', `tls.certFile: ${paths.certFile} is of node "${name}", and this is "${node}"`, {
    advice: `ipam-cli certs issue node ${node}, or start it with --node-id ${name}`,
    facts: { key: 'tls.certFile', file: paths.certFile },
  });
}
