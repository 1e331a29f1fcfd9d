import { IpamError } from '../resources/errors.ts';

/** The `raft` section, as the schema of the file leaves it. Durations are milliseconds. */
export interface RaftSection {
  readonly bindAddr?: string | undefined;
  readonly bootstrap?: boolean | undefined;
  readonly joinAddr?: readonly string[] | undefined;
  readonly peers?: readonly string[] | undefined;
  readonly advertiseAddr?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly etcd?: string | undefined;
  readonly quotaBytes?: number | undefined;
  readonly heartbeatTimeout?: number | undefined;
  readonly electionTimeout?: number | undefined;
  readonly snapshotInterval?: number | undefined;
}

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

/** Heartbeats in the time that document 000 calls `heartbeatTimeout`: one lost packet is no reason for an election. */
const heartbeatsPerTimeout = 10;
const limits = { shortestMs: 100, longestMs: 50_000 } as const;

/**
 * @returns undefined when nothing asks for members
 * @throws IpamError invalid-config
 */
export function membersConfig(raft: RaftSection, engine: string | undefined): MembersConfig | undefined {
  const join = [...(raft.joinAddr ?? []), ...(raft.peers ?? [])];
  const bootstrap = raft.bootstrap ?? false;
  if (!bootstrap && join.length === 0) return undefined;
  if (engine !== undefined && engine !== 'etcd') {
    // Document 000's own file says bootstrap on a single machine: the engine that was asked for by name wins over it.
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
    bindAddr: raft.bindAddr ?? '0.0.0.0:7000',
    bootstrap,
    join,
    advertiseAddr: raft.advertiseAddr,
    clusterName: raft.clusterName ?? 'berth',
    etcdPath: raft.etcd,
    timing: timing(raft),
    quotaBytes: raft.quotaBytes ?? 2 * 1024 * 1024 * 1024,
  };
}

function timing({ heartbeatTimeout = 500, electionTimeout = 500, snapshotInterval = 10_000 }: RaftSection): Timing {
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
