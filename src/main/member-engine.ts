import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { ClusterDaemons } from '../api/cluster-client.ts';
import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import type { MembersConfig } from '../config/members-config.ts';
import { clientSocketPath } from '../members/etcd-arguments.ts';
import { LocalEtcd } from '../members/local-etcd.ts';
import { Member } from '../members/member.ts';
import { addMemberMetrics } from '../members/metrics.ts';
import { IpamError } from '../resources/errors.ts';
import { EtcdClient } from '../store/etcd/client.ts';
import { EtcdPresences } from '../store/etcd/etcd-presences.ts';
import { EtcdStore } from '../store/etcd/etcd-store.ts';
import type { Log } from '../telemetry/log.ts';
import { channelSecurity } from '../tls/channel.ts';
import { memberName } from '../tls/identity.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { Engine, EngineSecurity } from './engine.ts';
import { version } from './version.ts';

/** All keys of ours, of every layout that there was. */
const everyKey = '/berth/';

export interface MemberEngineParts {
  readonly config: DaemonConfig;
  readonly members: MembersConfig;
  readonly storeDirectory: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly security: EngineSecurity;
}

/**
 * State in a cluster of etcd members of which this daemon runs one.
 * @throws IpamError invalid-config, wrong-cluster, storage-damaged
 */
export async function openMemberEngine(parts: MemberEngineParts): Promise<Engine> {
  const { config, members, metrics, log, security } = parts;
  const { tls, refusals } = security;
  refuseEmbeddedData(parts);
  requireTrust(parts);
  const socket = clientSocketPath(config.dataDir);
  const own = new LocalEtcd(socket, everyKey);
  const member = new Member({
    config: members,
    node: config.node,
    dataDir: config.dataDir,
    daemonVersion: version,
    tls: tls && { ...tls.paths, trusted: () => tls.current.ca },
    forceNewCluster: config.forceNewCluster,
    others: new ClusterDaemons((address) => securityOf(tls, address)),
    admin: own,
    keys: own,
    turns: own,
    onRejected: ({ address, reason, message }) => refusals.connection(address, reason, message),
    log,
  });
  await member.check();
  addMemberMetrics(metrics.registry, member);
  const client = new EtcdClient({ endpoints: [`unix:${socket}`] });
  const presences = new EtcdPresences({ client });
  return {
    store: new EtcdStore({ client, now: Date.now, newUid: randomUUID }),
    isShared: true,
    completesDeletions: true,
    pods: undefined,
    presences,
    present: presences,
    speaksForPools: async () => member.isLeader,
    onRefused: () => {},
    member,
    begin: () => member.begin(),
    end: async () => {
      client.close();
      await member.stop();
      own.close();
    },
  };
}

/** Other members are members, whatever their addresses; certificates are read anew for each call. */
function securityOf(tls: TlsFiles | undefined, address: string) {
  if (tls === undefined) return { credentials: credentials.createInsecure(), options: {} };
  return channelSecurity(tls.current, address, { roles: ['member'], name: memberName });
}

/** Nobody meant to leave pools and claims behind by adding a flag. */
function refuseEmbeddedData({ config: { dataDir, isEngineNamed }, storeDirectory }: MemberEngineParts): void {
  if (isEngineNamed || !existsSync(join(storeDirectory, 'data.mdb'))) return;
  throw new IpamError(
    'invalid-config',
    `${dataDir} has pools and claims of the embedded engine, and --bootstrap and --join mean etcd`,
    {
      advice:
        'to go on as before leave them out (raft.bootstrap, raft.joinAddr); to take the data along use ipam-cli migrate; to begin empty set store.engine: etcd',
    },
  );
}

/** Without certificates whoever reaches the port can become a member. */
function requireTrust({ config, members: { bindAddr }, security: { tls } }: MemberEngineParts): void {
  const isLoopback = /^(127\.|localhost:|\[::1\]:)/.test(bindAddr);
  if (tls !== undefined || config.tls.insecure || isLoopback) return;
  throw new IpamError('invalid-config', `members on ${bindAddr} would talk to the network without certificates`, {
    advice:
      'make them with ipam-cli certs init and ipam-cli certs issue, or trust everybody on that network with --insecure',
  });
}
