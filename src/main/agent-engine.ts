import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { listMembers } from '../api/cluster-members.ts';
import { ServerStore } from '../api/store-client.ts';
import type { AgentConfig } from '../daemon/agent-config.ts';
import { systemClock } from '../daemon/clock.ts';
import type { DaemonConfig } from '../daemon/config.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import { readServers, rememberServers } from '../store/remote/known-servers.ts';
import { RemoteStore } from '../store/remote/remote-store.ts';
import { Servers } from '../store/remote/servers.ts';
import type { Log } from '../telemetry/log.ts';
import { type ChannelSecurity, channelSecurity } from '../tls/channel.ts';
import { memberName } from '../tls/identity.ts';
import { anyPresent, TlsFiles } from '../tls/tls-files.ts';
import type { Engine } from './engine.ts';

/** How often the members are asked who they are. */
const refreshMs = 30_000;
/** After a round in which nobody answered. */
const retryMs = 2_000;

/** State with the members of a cluster, of which this daemon is none. @throws IpamError invalid-config */
export function openAgentEngine(config: DaemonConfig, { servers: named }: AgentConfig, log: Log): Engine {
  const tls = openTls(config, named, log);
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
  tls?.onChange(() => store.renew());
  const stop = new AbortController();
  let following: Promise<void> = Promise.resolve();

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

  return {
    store,
    isShared: true,
    pods: undefined,
    onRefused: () => {},
    begin: async () => {
      following = (async () => {
        while (!stop.signal.aborted) {
          const heard = await refresh();
          await systemClock.pause(heard ? refreshMs : retryMs, stop.signal);
        }
      })();
    },
    end: async () => {
      stop.abort();
      await following;
      tls?.close();
    },
  };
}

/** Without certificates whoever answers at the address would be believed. @throws IpamError invalid-config */
function openTls({ tls: { paths, isNamed, insecure } }: DaemonConfig, servers: readonly string[], log: Log) {
  if (!insecure && (isNamed || anyPresent(paths))) return new TlsFiles(paths, log);
  const isNear = servers.every((address) => /^(127\.|localhost:|\[::1\]:)/.test(address));
  if (insecure || isNear) return undefined;
  throw new IpamError('invalid-config', `an agent of ${servers.join(', ')} would believe whoever answers there`, {
    advice:
      'make certificates with ipam-cli certs init and ipam-cli certs issue, or trust everybody on that network with --insecure',
    facts: { key: 'tls' },
  });
}
