import { IpamError, isIpamError } from '../resources/errors.ts';
import { EtcdClient } from '../store/etcd/client.ts';
import type { EtcdMember } from '../store/etcd/messages.ts';
import type {
  Alarm,
  EtcdAdmin,
  EtcdKeys,
  EtcdStatus,
  EtcdTurns,
  KeyPage,
  KeyValue,
  ListedMember,
  MemberList,
} from './etcd-admin.ts';

/** What is asked every half second must not wait for what is unreachable. */
const lookMs = 2_000;
const changeMs = 10_000;
const pageSize = 1_000;

/** The etcd of this machine, by its socket. */
export class LocalEtcd implements EtcdAdmin, EtcdKeys, EtcdTurns {
  readonly #looks: EtcdClient;
  readonly #changes: EtcdClient;
  readonly #endpoint: string;
  readonly #prefix: string;

  /** @param prefix of all keys that are ours, for snapshots */
  constructor(socketPath: string, prefix: string) {
    this.#endpoint = `unix:${socketPath}`;
    this.#looks = new EtcdClient({ endpoints: [this.#endpoint], deadlineMs: lookMs });
    this.#changes = new EtcdClient({ endpoints: [this.#endpoint], deadlineMs: changeMs, attemptMs: changeMs });
    this.#prefix = prefix;
  }

  close(): void {
    this.#looks.close();
    this.#changes.close();
  }

  async status(): Promise<EtcdStatus> {
    const message = await this.#looks.status();
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
    const [{ header }, members] = await Promise.all([this.#looks.status(), this.#looks.membersKnown()]);
    return {
      clusterId: hexadecimal(header.cluster_id),
      ownId: hexadecimal(header.member_id),
      members: members.map(listed),
    };
  }

  async addLearner(peerUrl: string): Promise<ListedMember> {
    return listed(await passing(this.#changes.addMember([peerUrl], true)));
  }

  async promote(id: string): Promise<void> {
    await passing(this.#changes.promoteMember(decimal(id)));
  }

  async remove(id: string): Promise<void> {
    await passing(this.#changes.removeMember(decimal(id)));
  }

  async updatePeerUrl(id: string, peerUrl: string): Promise<void> {
    await passing(this.#changes.updateMember(decimal(id), [peerUrl]));
  }

  async moveLeader(id: string): Promise<void> {
    await this.#changes.moveLeader(decimal(id), this.#endpoint);
  }

  async alarms(): Promise<readonly Alarm[]> {
    const alarms = await this.#looks.alarms();
    return alarms.flatMap(({ memberID, alarm }) =>
      alarm === 'NONE' ? [] : [{ memberId: hexadecimal(memberID), kind: alarm }],
    );
  }

  async disarm({ memberId, kind }: Alarm): Promise<void> {
    await this.#changes.disarm({ memberID: decimal(memberId), alarm: kind });
  }

  async defragment(): Promise<void> {
    await this.#changes.defragment(this.#endpoint);
  }

  async page(after: string, revision: string): Promise<KeyPage> {
    const { kvs, header, more, count } = await this.#changes.range({
      // The first key after one is the same with a zero byte.
      key: Buffer.from(after === '' ? this.#prefix : `${after}\0`),
      range_end: endOf(this.#prefix),
      limit: pageSize,
      ...(revision === '' ? {} : { revision }),
    });
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

  async take(name: string, seconds: number): Promise<{ end(): Promise<void> } | undefined> {
    const key = Buffer.from(`${this.#prefix}turns/${name}`);
    const lease = await this.#changes.grantLease(seconds);
    const end = (): Promise<void> => this.#changes.revokeLease(lease);
    const { response } = await this.#changes.repeatedTxn({
      compare: [{ target: 'CREATE', key, result: 'EQUAL', create_revision: '0' }],
      success: [{ request_put: { key, value: Buffer.from(lease), lease } }],
      failure: [{ request_range: { key } }],
    });
    // A repetition finds what the first attempt has put.
    const found = response.responses[0]?.response_range?.kvs[0]?.value.toString();
    if (response.succeeded || found === lease) return { end };
    await end();
    return undefined;
  }

  async put(pairs: readonly KeyValue[]): Promise<void> {
    const success = pairs.map(({ key, value }) => ({
      request_put: { key: Buffer.from(key), value: Buffer.from(value) },
    }));
    // The same again is the same.
    await this.#changes.repeatedTxn({ success });
  }
}

/** What etcd refuses for a moment only. */
const momentary =
  /unhealthy cluster|not enough started members|too many learner members|in sync with leader|leader changed|no leader|timed out|not capable/;

async function passing<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!isIpamError(error) || !momentary.test(error.message)) throw error;
    throw new IpamError('not-ready', error.message, { advice: error.advice, cause: error });
  }
}

function listed({ ID, name, peerURLs, isLearner }: EtcdMember): ListedMember {
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
