import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { ClusterDaemons } from '../api/cluster-client.ts';
import type { DaemonConfig } from '../daemon/config.ts';
import { EtcdClient } from '../members/etcd-client.ts';
import { clientSocketPath, Member } from '../members/member.ts';
import type { MembersConfig } from '../members/members-config.ts';
import { IpamError } from '../resources/errors.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import type { Log } from '../telemetry/log.ts';
import { addMemberMetrics } from '../telemetry/member-metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Engine } from './engine.ts';
import { version } from './version.ts';

/** All keys of ours, of every layout that there was. */
const everyKey = '/berth/';

/**
 * State in a cluster of etcd members of which this daemon runs one.
 * @throws IpamError invalid-config, wrong-cluster, storage-damaged
 */
export async function openMemberEngine(
  config: DaemonConfig,
  members: MembersConfig,
  storeDirectory: string,
  metrics: Metrics,
  log: Log,
): Promise<Engine> {
  const { dataDir } = config;
  refuseEmbeddedData(config, storeDirectory);
  requireTrust(config, members);
  const socket = clientSocketPath(dataDir);
  const client = new EtcdClient(socket, everyKey);
  const member = new Member({
    config: members,
    node: config.node,
    dataDir,
    daemonVersion: version,
    tls: undefined,
    forceNewCluster: config.forceNewCluster,
    others: new ClusterDaemons(() => credentials.createInsecure()),
    admin: client,
    keys: client,
    log,
  });
  await member.check();
  addMemberMetrics(metrics.registry, member);
  return {
    store: new MemoryStore({ now: Date.now, newUid: () => crypto.randomUUID() }),
    isShared: true,
    pods: undefined,
    onRefused: () => {},
    member,
    begin: () => member.begin(),
    end: async () => {
      await member.stop();
      client.close();
    },
  };
}

/** Nobody meant to leave pools and claims behind by adding a flag. */
function refuseEmbeddedData({ dataDir, isEngineNamed }: DaemonConfig, storeDirectory: string): void {
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
function requireTrust({ tls }: DaemonConfig, { bindAddr }: MembersConfig): void {
  const isLoopback = /^(127\.|localhost:|\[::1\]:)/.test(bindAddr);
  if (tls.insecure || isLoopback) return;
  throw new IpamError('invalid-config', `members on ${bindAddr} would talk to the network without certificates`, {
    advice:
      'make them with ipam-cli certs init and ipam-cli certs issue, or trust everybody on that network with --insecure',
  });
}
