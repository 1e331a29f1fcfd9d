import { fileURLToPath } from 'node:url';
import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type ErrorCode, IpamError } from '../resources/errors.ts';
import type {
  Alarm,
  EtcdAdmin,
  EtcdKeys,
  EtcdStatus,
  KeyPage,
  KeyValue,
  ListedMember,
  MemberList,
} from './etcd-admin.ts';

const protoFile = fileURLToPath(new URL('../../proto/etcd-admin.proto', import.meta.url));

const statusMs = 2_000;
const changeMs = 10_000;
/** A file of two gigabytes on a slow disk. */
const defragmentMs = 120_000;
const pageSize = 1_000;

interface Header {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
}

interface MemberMessage {
  readonly ID: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly isLearner: boolean;
}

interface MembersMessage {
  readonly header: Header;
  readonly members: readonly MemberMessage[];
  readonly member?: MemberMessage;
}

interface RangeMessage {
  readonly header: Header;
  readonly kvs: readonly { readonly key: Buffer; readonly value: Buffer; readonly lease: string }[];
  readonly more: boolean;
  readonly count: string;
}

interface StatusMessage {
  readonly header: Header;
  readonly version: string;
  readonly dbSize: string;
  readonly leader: string;
  readonly raftIndex: string;
  readonly raftTerm: string;
  readonly raftAppliedIndex: string;
  readonly dbSizeInUse: string;
  readonly isLearner: boolean;
}

interface AlarmsMessage {
  readonly alarms: readonly { readonly memberID: string; readonly alarm: 'NONE' | Alarm['kind'] }[];
}

type Service = 'KV' | 'Cluster' | 'Maintenance';
type Call = (
  request: object,
  options: { deadline: number },
  done: (error: ServiceError | null, message?: unknown) => void,
) => unknown;

/** The etcd of this machine, by its socket. */
export class EtcdClient implements EtcdAdmin, EtcdKeys {
  readonly #services: Readonly<Record<Service, Client>>;
  readonly #prefix: string;

  /** @param prefix of all keys that are ours, for snapshots */
  constructor(socketPath: string, prefix: string) {
    const { etcdserverpb } = loadPackageDefinition(
      loadSync(protoFile, { longs: String, enums: String, defaults: true, oneofs: true, keepCase: true }),
    ) as unknown as { etcdserverpb: Record<Service, new (...args: ConstructorParameters<typeof Client>) => Client> };
    const options = {
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 500,
    };
    const open = (name: Service): Client =>
      new etcdserverpb[name](`unix:${socketPath}`, credentials.createInsecure(), options);
    this.#services = { KV: open('KV'), Cluster: open('Cluster'), Maintenance: open('Maintenance') };
    this.#prefix = prefix;
  }

  close(): void {
    for (const client of Object.values(this.#services)) client.close();
  }

  async status(): Promise<EtcdStatus> {
    const message = await this.#call<StatusMessage>('Maintenance', 'Status', {}, statusMs);
    return {
      version: message.version,
      clusterId: hexadecimal(message.header.cluster_id),
      memberId: hexadecimal(message.header.member_id),
      leaderId: message.leader === '0' ? '' : hexadecimal(message.leader),
      isLearner: message.isLearner,
      term: Number(message.raftTerm),
      commitIndex: Number(message.raftIndex),
      appliedIndex: Number(message.raftAppliedIndex),
      dbSize: Number(message.dbSize),
      dbSizeInUse: Number(message.dbSizeInUse),
    };
  }

  async members(): Promise<MemberList> {
    return listOf(await this.#call<MembersMessage>('Cluster', 'MemberList', {}, changeMs));
  }

  async addLearner(peerUrl: string): Promise<MemberList & { readonly added: string }> {
    const request = { peerURLs: [peerUrl], isLearner: true };
    const message = await this.#call<MembersMessage>('Cluster', 'MemberAdd', request, changeMs);
    return { ...listOf(message), added: hexadecimal(message.member?.ID ?? '0') };
  }

  async promote(id: string): Promise<void> {
    await this.#call('Cluster', 'MemberPromote', { ID: decimal(id) }, changeMs);
  }

  async remove(id: string): Promise<void> {
    await this.#call('Cluster', 'MemberRemove', { ID: decimal(id) }, changeMs);
  }

  async updatePeerUrl(id: string, peerUrl: string): Promise<void> {
    await this.#call('Cluster', 'MemberUpdate', { ID: decimal(id), peerURLs: [peerUrl] }, changeMs);
  }

  async moveLeader(id: string): Promise<void> {
    await this.#call('Maintenance', 'MoveLeader', { targetID: decimal(id) }, changeMs);
  }

  async alarms(): Promise<readonly Alarm[]> {
    const { alarms } = await this.#call<AlarmsMessage>('Maintenance', 'Alarm', { action: 'GET' }, statusMs);
    return alarms.flatMap(({ memberID, alarm }) =>
      alarm === 'NONE' ? [] : [{ memberId: hexadecimal(memberID), kind: alarm }],
    );
  }

  async disarm({ memberId, kind }: Alarm): Promise<void> {
    const request = { action: 'DEACTIVATE', memberID: decimal(memberId), alarm: kind };
    await this.#call('Maintenance', 'Alarm', request, changeMs);
  }

  async defragment(): Promise<void> {
    await this.#call('Maintenance', 'Defragment', {}, defragmentMs);
  }

  async page(after: string, revision: string): Promise<KeyPage> {
    const request = {
      // The first key after one is the same with a zero byte.
      key: Buffer.from(after === '' ? this.#prefix : `${after}\0`),
      range_end: endOf(this.#prefix),
      limit: pageSize,
      revision: revision === '' ? '0' : revision,
    };
    const { kvs, header, more, count } = await this.#call<RangeMessage>('KV', 'Range', request, changeMs);
    const pairs = kvs
      .filter(({ lease }) => lease === '0')
      .map(({ key, value }) => ({ key: key.toString(), value: value.toString() }));
    return {
      pairs,
      last: kvs.at(-1)?.key.toString() ?? '',
      revision: revision === '' ? header.revision : revision,
      more,
      left: Number(count),
    };
  }

  async put(pairs: readonly KeyValue[]): Promise<void> {
    const success = pairs.map(({ key, value }) => ({
      request_put: { key: Buffer.from(key), value: Buffer.from(value) },
    }));
    await this.#call('KV', 'Txn', { success }, changeMs);
  }

  #call<Message>(service: Service, method: string, request: object, ms: number): Promise<Message> {
    const client = this.#services[service] as unknown as Record<string, Call>;
    return new Promise((resolve, reject) => {
      client[method]?.(request, { deadline: Date.now() + ms }, (error, message) => {
        if (error === null) resolve(message as Message);
        else reject(domainError(error, method));
      });
    });
  }
}

/** What etcd refuses for now, in its own words. */
const passing =
  /unhealthy cluster|not enough started members|too many learner members|in sync with leader|leader changed|no leader|timed out|not capable/;

function domainError(error: ServiceError, method: string): IpamError {
  return new IpamError(codeOf(error), `etcd, ${method}: ${error.details.replace(/^etcdserver: /, '')}`, {
    cause: error,
  });
}

function codeOf({ code, details }: ServiceError): ErrorCode {
  if (passing.test(details)) return 'not-ready';
  if (code === status.NOT_FOUND) return 'not-found';
  if (code === status.OUT_OF_RANGE) return 'compacted';
  if (code === status.RESOURCE_EXHAUSTED) return 'storage-full';
  if (code === status.FAILED_PRECONDITION) return 'conflict';
  return 'store-unavailable';
}

function listOf({ header, members }: MembersMessage): MemberList {
  return {
    clusterId: hexadecimal(header.cluster_id),
    ownId: hexadecimal(header.member_id),
    members: members.map(listed),
  };
}

function listed({ ID, name, peerURLs, isLearner }: MemberMessage): ListedMember {
  return { id: hexadecimal(ID), name, peerUrl: peerURLs[0] ?? '', isLearner };
}

function hexadecimal(id: string): string {
  return BigInt(id).toString(16);
}

function decimal(id: string): string {
  return BigInt(`0x${id}`).toString();
}

/** The first key that does not begin with the prefix; all of ours are ASCII. */
function endOf(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = (end[last] ?? 0) + 1;
  return end;
}
