import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import {
  advertiseAddress,
  duration,
  hostPort,
  memberAddress,
  memberAddresses,
  nodeName,
  path,
} from './config-values.ts';
import { settings, type Values } from './setting.ts';

/** Keys of the `raft` section: those of members, and of agents, which name members too. */
export const memberSettings = settings({
  bindAddr: {
    key: 'raft.bindAddr',
    flag: 'bind-addr',
    argument: '<host:port>',
    schema: hostPort,
    default: '0.0.0.0:7000',
    help: 'listener for other members; consensus is on the next port',
    more: 'Node agents come to it too. Let both ports through.',
  },
  bootstrap: {
    key: 'raft.bootstrap',
    flag: 'bootstrap',
    schema: z.boolean(),
    default: false,
    help: 'start a new cluster, of which this is the first member (runs etcd)',
    more: '`bootstrap` or `joinAddr` without `store.engine` means etcd.',
  },
  joinAddr: {
    key: 'raft.joinAddr',
    flag: 'join',
    argument: '<host:port>',
    schema: memberAddresses,
    help: 'become a member of the cluster of this member; more than one: comma-separated',
  },
  peers: {
    key: 'raft.peers',
    schema: z.array(memberAddress),
    help: 'the same as a list',
    more: 'With `bootstrap: true` on all of them, they begin together: when all answer and none has a cluster, the one whose name is first begins it.',
  },
  agent: {
    key: 'raft.agent',
    flag: 'agent',
    schema: z.boolean(),
    default: false,
    usual: 'become a member',
    help: 'keep no state of the cluster here: the members named by --join do',
    more: '[How](agents.md).',
  },
  advertiseAddr: {
    key: 'raft.advertiseAddr',
    flag: 'advertise-addr',
    argument: '<host[:port]>',
    schema: advertiseAddress,
    usual: 'found out',
    help: 'where other members reach this one',
  },
  clusterName: {
    key: 'raft.clusterName',
    flag: 'cluster-name',
    argument: '<name>',
    schema: nodeName,
    default: 'berth',
    help: 'clusters of different names never become one',
  },
  forceNewCluster: {
    flag: 'force-new-cluster',
    schema: z.boolean(),
    default: false,
    help: 'begin the cluster anew from this disk, when the majority of its members is lost',
  },
  etcdPath: { key: 'raft.etcd', schema: path, usual: 'from `PATH`', help: 'the executable' },
  heartbeatTimeout: {
    key: 'raft.heartbeatTimeout',
    schema: duration,
    default: '500ms',
    help: 'ten heartbeats of the leader; 100ms..50s',
  },
  electionTimeout: {
    key: 'raft.electionTimeout',
    schema: duration,
    default: '500ms',
    help: 'without a leader for so long, a member stands for election; not below heartbeatTimeout',
  },
  commitTimeout: { key: 'raft.commitTimeout', schema: duration, help: 'read, and of no effect' },
  snapshotInterval: {
    key: 'raft.snapshotInterval',
    schema: z.int().min(1),
    default: 10_000,
    help: "log entries between two of etcd's own snapshots",
  },
  quotaBytes: {
    key: 'raft.quotaBytes',
    schema: z
      .int()
      .min(64 * 1024 * 1024)
      .max(8 * 1024 * 1024 * 1024),
    default: 2 * 1024 * 1024 * 1024,
    usual: '2 GiB',
    help: 'largest database',
  },
});
export type MemberValues = Values<typeof memberSettings>;

/** How this daemon takes part in a cluster whose members the daemons themselves run. */
export interface MembersConfig {
  /** The daemon's listener for other daemons; etcd's is on the port after it. */
  readonly bindAddr: string;
  readonly bootstrap: boolean;
  /** Members to ask for admission, in this order. */
  readonly join: readonly string[];
  /** Where others reach this member; undefined: found out. */
  readonly advertiseAddr: string | undefined;
  /** Two clusters of different names never become one. */
  readonly clusterName: string;
  /** The executable; undefined: looked for in PATH. */
  readonly etcdPath: string | undefined;
  readonly timing: Timing;
  /** Largest database, bytes. */
  readonly quotaBytes: number;
}

export interface Timing {
  /** Between two heartbeats of the leader, milliseconds. */
  readonly heartbeatIntervalMs: number;
  /** Without contact to a leader for this long, a member stands for election, milliseconds. */
  readonly electionTimeoutMs: number;
  /** Log entries between two snapshots of the state. */
  readonly snapshotCount: number;
}

/** Heartbeats in the time that the file calls `heartbeatTimeout` (docs/cluster.md): one lost packet is no reason for an election. */
const heartbeatsPerTimeout = 10;
const limits = { shortestMs: 100, longestMs: 50_000 } as const;

/**
 * @returns undefined when nothing asks for members
 * @throws IpamError invalid-config
 */
export function membersConfig(values: MemberValues, engine: string | undefined): MembersConfig | undefined {
  const { bindAddr, bootstrap, joinAddr = [], peers = [], advertiseAddr, clusterName, etcdPath, quotaBytes } = values;
  const join = [...joinAddr, ...peers];
  if (!bootstrap && join.length === 0) return undefined;
  if (engine !== undefined && engine !== 'etcd') {
    // Published files say bootstrap on a single machine too: the engine that was asked for by name wins over it.
    throw new IpamError(
      'invalid-config',
      `store.engine: ${engine} has no members to ${bootstrap ? 'bootstrap' : 'join'}`,
      {
        advice:
          'leave out --bootstrap and --join (raft.bootstrap, raft.joinAddr, raft.peers), or set store.engine: etcd',
      },
    );
  }
  return {
    bindAddr,
    bootstrap,
    join,
    advertiseAddr,
    clusterName,
    etcdPath,
    timing: timing(values),
    quotaBytes,
  };
}

function timing({ heartbeatTimeout, electionTimeout, snapshotInterval }: MemberValues): Timing {
  for (const [key, value] of [
    ['heartbeatTimeout', heartbeatTimeout],
    ['electionTimeout', electionTimeout],
  ] as const) {
    if (value >= limits.shortestMs && value <= limits.longestMs) continue;
    throw new IpamError('invalid-config', `raft.${key}: ${value}ms is not ${limits.shortestMs}ms..50s`, {
      advice: 'members in one building do well with 500ms; all members need the same values',
    });
  }
  if (electionTimeout < heartbeatTimeout) {
    throw new IpamError(
      'invalid-config',
      `raft.electionTimeout: ${electionTimeout}ms is shorter than raft.heartbeatTimeout, ${heartbeatTimeout}ms`,
      { advice: 'a member would stand for election before it misses the leader: raise electionTimeout' },
    );
  }
  return {
    heartbeatIntervalMs: Math.round(heartbeatTimeout / heartbeatsPerTimeout),
    electionTimeoutMs: electionTimeout,
    snapshotCount: snapshotInterval,
  };
}
