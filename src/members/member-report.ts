/** How one member is, as it says itself. Ids are hexadecimal. */
export interface MemberReport {
  readonly name: string;
  readonly clusterName: string;
  /** Empty until it has joined. */
  readonly clusterId: string;
  readonly memberId: string;
  /** How often the cluster was begun anew from one disk. */
  readonly generation: number;
  /** Of its daemon, host:port. */
  readonly address: string;
  readonly daemonVersion: string;
  readonly etcdVersion: string;
  readonly state: MemberState;
  /** Does it know a leader? Then a majority runs, and writes go through. */
  readonly hasQuorum: boolean;
  /** Empty: none. */
  readonly leaderId: string;
  readonly term: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** Bytes. */
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly alarms: readonly string[];
  /** What is wrong, for people; empty: nothing. */
  readonly problem: string;
}

export const memberStates = ['joining', 'learner', 'voter', 'stopped', 'removed'] as const;
export type MemberState = (typeof memberStates)[number];

export interface JoinQuestion {
  readonly name: string;
  /** Where the new member is reached, host:port. */
  readonly address: string;
  readonly clusterName: string;
  /** Where it reached the member that it asks. */
  readonly reachedAt: string;
  readonly tls: boolean;
}

export interface JoinAnswer {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly memberId: string;
  readonly generation: number;
  readonly initialCluster: string;
  /** Daemons of the other members. */
  readonly addresses: readonly string[];
}

/** Other daemons of the cluster, by the addresses of their listeners. Errors are IpamErrors. */
export interface OtherDaemons {
  identify(address: string): Promise<MemberReport>;
  join(address: string, question: JoinQuestion): Promise<JoinAnswer>;
  moveLeader(address: string, member: string): Promise<void>;
}
