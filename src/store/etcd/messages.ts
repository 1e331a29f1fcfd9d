/**
 * Messages of proto/etcd.proto as they are decoded: 64-bit numbers are decimal texts, enumerations are their names,
 * absent fields have their defaults. In requests every field may be left out.
 */
export interface ResponseHeader {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
  readonly raft_term: string;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly value: Buffer;
  readonly lease: string;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly range_end?: Buffer;
  readonly limit?: number;
  readonly revision?: string;
  readonly serializable?: boolean;
  readonly keys_only?: boolean;
  readonly count_only?: boolean;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: string;
}

export interface Compare {
  readonly result: 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL';
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE';
  readonly key: Buffer;
  readonly version?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
  readonly value?: Buffer;
}

export type RequestOp =
  | { readonly request_range: RangeRequest }
  | { readonly request_put: { readonly key: Buffer; readonly value: Buffer; readonly lease?: string } }
  | { readonly request_delete_range: { readonly key: Buffer; readonly range_end?: Buffer } }
  | { readonly request_txn: TxnRequest };

export interface TxnRequest {
  readonly compare?: readonly Compare[];
  readonly success?: readonly RequestOp[];
  readonly failure?: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

/** One of these is there. */
export interface ResponseOp {
  readonly response_range?: RangeResponse;
  readonly response_put?: object;
  readonly response_delete_range?: { readonly deleted: string };
  readonly response_txn?: Omit<TxnResponse, 'header'>;
}

export interface WatchCreateRequest {
  readonly key: Buffer;
  readonly range_end?: Buffer;
  readonly start_revision?: string;
  readonly progress_notify?: boolean;
  readonly prev_kv?: boolean;
}

export interface WatchEntry {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue;
  readonly prev_kv: KeyValue | null;
}

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly created: boolean;
  readonly canceled: boolean;
  /** `0` unless what was asked for is compacted. */
  readonly compact_revision: string;
  readonly cancel_reason: string;
  readonly events: readonly WatchEntry[];
}

export interface EtcdMember {
  readonly ID: string;
  /** Empty until it has started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  /** `3.4.23`. */
  readonly version: string;
  /** Bytes. */
  readonly dbSize: string;
  readonly dbSizeInUse: string;
  /** Member ID, `0` without a leader. */
  readonly leader: string;
  readonly raftIndex: string;
  readonly raftTerm: string;
  readonly raftAppliedIndex: string;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
}

export interface AlarmMember {
  readonly memberID: string;
  readonly alarm: 'NONE' | 'NOSPACE' | 'CORRUPT';
}
