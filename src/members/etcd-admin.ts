/** A member as etcd lists it. Ids are hexadecimal, as etcd's own tools print them. */
export interface ListedMember {
  readonly id: string;
  /** Empty until it has started for the first time. */
  readonly name: string;
  readonly peerUrl: string;
  readonly isLearner: boolean;
}

export interface MemberList {
  readonly clusterId: string;
  /** Of the member that was asked. */
  readonly ownId: string;
  readonly members: readonly ListedMember[];
}

export interface EtcdStatus {
  readonly version: string;
  readonly clusterId: string;
  readonly memberId: string;
  /** Empty: there is none, as far as this member knows. */
  readonly leaderId: string;
  readonly isLearner: boolean;
  readonly term: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
}

export interface Alarm {
  readonly memberId: string;
  readonly kind: 'NOSPACE' | 'CORRUPT';
}

/** What administers the cluster, asked of the member of this machine. Errors: store-unavailable, or etcd's own words. */
export interface EtcdAdmin {
  /** What this member has seen so far: answers without a majority too. */
  status(): Promise<EtcdStatus>;
  members(): Promise<MemberList>;
  addLearner(peerUrl: string): Promise<ListedMember>;
  promote(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  updatePeerUrl(id: string, peerUrl: string): Promise<void>;
  /** Only the leader can. */
  moveLeader(id: string): Promise<void>;
  alarms(): Promise<readonly Alarm[]>;
  disarm(alarm: Alarm): Promise<void>;
  defragment(): Promise<void>;
}

/** What only one member at a time may do, by a key of etcd that ends with its lease. */
export interface EtcdTurns {
  /** @param seconds after which it ends by itself @returns undefined: another member has it @throws IpamError store-unavailable */
  take(name: string, seconds: number): Promise<{ end(): Promise<void> } | undefined>;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface KeyPage {
  readonly pairs: readonly KeyValue[];
  /** The last key that was looked at. */
  readonly last: string;
  /** Of the whole cluster, when this page was read. */
  readonly revision: string;
  /** Is there more behind the last one? */
  readonly more: boolean;
  /** Keys from here to the end. */
  readonly left: number;
}

/** The keys below our prefix as text, for snapshots. */
export interface EtcdKeys {
  /** In order, after `after` (empty: from the first), as of `revision` (empty: the present). Keys with a lease are left out. */
  page(after: string, revision: string): Promise<KeyPage>;
  put(pairs: readonly KeyValue[]): Promise<void>;
}
