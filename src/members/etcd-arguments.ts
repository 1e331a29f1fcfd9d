import { join } from 'node:path';
import type { Timing } from '../config/members-config.ts';
import { memberName } from '../tls/identity.ts';
import { formatHostPort, type HostPort } from './addresses.ts';
import { type MemberFile, raftFolder } from './member-file.ts';

export interface PeerTls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface EtcdOptions {
  readonly timing: Timing;
  readonly quotaBytes: number;
  /** Where other members' etcd connect. The host is an address. */
  readonly peerListen: HostPort;
  readonly tls: PeerTls | undefined;
  /** Forget all other members: only when their majority is lost for good. */
  readonly forceNewCluster?: boolean;
}

/** Socket for the daemon, in the data directory: nobody else gets near it. The port is part of the file's name. */
export const clientSocket = 'client:0';
/** Where the daemon's own clients of etcd connect. */
export function clientSocketPath(dataDir: string): string {
  return join(dataDir, clientSocket);
}

/** Older versions of keys, for watchers that fall behind. */
const keptVersions = '10m';
/** Creates that wait at the same time share a transaction: a compare and a put for each. */
const largestTransaction = 1_024;

/** The command line of a member's etcd. What says how the cluster began is ignored once there is data. */
export function etcdArguments(member: MemberFile, options: EtcdOptions): readonly string[] {
  const { timing, tls } = options;
  const scheme = tls === undefined ? 'http' : 'https';
  return [
    `--name=${member.name}`,
    `--data-dir=${raftFolder}`,
    `--listen-client-urls=unix://${clientSocket}`,
    `--advertise-client-urls=unix://${clientSocket}`,
    `--listen-peer-urls=${scheme}://${formatHostPort(options.peerListen)}`,
    `--initial-advertise-peer-urls=${member.peerUrl}`,
    `--initial-cluster=${member.initialCluster}`,
    `--initial-cluster-state=${member.initialState}`,
    `--initial-cluster-token=${member.token}`,
    `--heartbeat-interval=${timing.heartbeatIntervalMs}`,
    `--election-timeout=${timing.electionTimeoutMs}`,
    `--snapshot-count=${timing.snapshotCount}`,
    `--quota-backend-bytes=${options.quotaBytes}`,
    `--max-txn-ops=${largestTransaction}`,
    '--auto-compaction-mode=periodic',
    `--auto-compaction-retention=${keptVersions}`,
    // A member that was cut off does not depose the leader when it comes back.
    '--pre-vote',
    '--logger=zap',
    ...(options.forceNewCluster === true ? ['--force-new-cluster'] : []),
    ...(tls === undefined
      ? []
      : [
          '--peer-client-cert-auth',
          `--peer-trusted-ca-file=${tls.caFile}`,
          `--peer-cert-file=${tls.certFile}`,
          `--peer-key-file=${tls.keyFile}`,
          `--peer-cert-allowed-hostname=${memberName}`,
        ]),
  ];
}
