import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoFile } from '../proto-file.ts';
import type {
  AlarmMember,
  EtcdMember,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  StatusResponse,
  TxnRequest,
  TxnResponse,
  WatchCreateRequest,
  WatchResponse,
} from './messages.ts';

const definitions = loadSync(protoFile('etcd.proto'), {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  keepCase: true,
});

function method<Request, Response>(service: string, name: string): MethodDefinition<Request, Response> {
  const found = (definitions[`etcdserverpb.${service}`] as Record<string, unknown> | undefined)?.[name];
  if (found === undefined) throw new Error(`proto/etcd.proto has no ${service}.${name}`);
  return found as MethodDefinition<Request, Response>;
}

interface Answer {
  readonly header: ResponseHeader;
}
type Members = Answer & { readonly members: readonly EtcdMember[] };

/** The calls that we make. */
export const methods = {
  range: method<RangeRequest, RangeResponse>('KV', 'Range'),
  txn: method<TxnRequest, TxnResponse>('KV', 'Txn'),
  compact: method<{ revision: string; physical?: boolean }, Answer>('KV', 'Compact'),
  watch: method<{ create_request: WatchCreateRequest }, WatchResponse>('Watch', 'Watch'),
  leaseGrant: method<{ TTL: number }, Answer & { ID: string; TTL: string; error: string }>('Lease', 'LeaseGrant'),
  leaseRevoke: method<{ ID: string }, Answer>('Lease', 'LeaseRevoke'),
  leaseKeepAlive: method<{ ID: string }, Answer & { ID: string; TTL: string }>('Lease', 'LeaseKeepAlive'),
  memberAdd: method<{ peerURLs: readonly string[]; isLearner: boolean }, Members & { member: EtcdMember }>(
    'Cluster',
    'MemberAdd',
  ),
  memberRemove: method<{ ID: string }, Members>('Cluster', 'MemberRemove'),
  memberUpdate: method<{ ID: string; peerURLs: readonly string[] }, Members>('Cluster', 'MemberUpdate'),
  memberList: method<{ linearizable: boolean }, Members>('Cluster', 'MemberList'),
  memberPromote: method<{ ID: string }, Members>('Cluster', 'MemberPromote'),
  alarm: method<
    { action: 'GET' | 'DEACTIVATE'; memberID?: string; alarm?: string },
    Answer & { alarms: readonly AlarmMember[] }
  >('Maintenance', 'Alarm'),
  status: method<object, StatusResponse>('Maintenance', 'Status'),
  defragment: method<object, Answer>('Maintenance', 'Defragment'),
  snapshot: method<object, { remaining_bytes: string; blob: Buffer }>('Maintenance', 'Snapshot'),
  moveLeader: method<{ targetID: string }, Answer>('Maintenance', 'MoveLeader'),
} as const;
