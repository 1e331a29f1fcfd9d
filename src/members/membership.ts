import { setTimeout as pause } from 'node:timers/promises';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { daemonAddress, formatHostPort, parseHostPort, peerUrl } from './addresses.ts';
import type { EtcdAdmin, ListedMember, MemberList } from './etcd-admin.ts';
import { admission } from './join-decision.ts';
import type { JoinAnswer, JoinQuestion, MemberReport, OtherDaemons } from './member-report.ts';
import { checkAddition, checkRemoval, labelOf } from './quorum.ts';

const patienceMs = 15_000;
const againMs = 250;

export interface MemberView {
  readonly member: ListedMember;
  readonly address: string;
  readonly isLeader: boolean;
  readonly report: MemberReport | undefined;
  /** Why there is no report; empty: there is one. */
  readonly problem: string;
}

export interface MembershipParts {
  readonly admin: EtcdAdmin;
  readonly others: OtherDaemons;
  readonly ownReport: () => Promise<MemberReport>;
  readonly clusterName: string;
  readonly generation: number;
  readonly tls: boolean;
  /** Told where others reach this member, when nobody had said so. */
  readonly correctAdvertisedAddress: (reachedAt: string) => Promise<void>;
  readonly log: Log;
}

/** Who belongs to the cluster, and how that changes: one change at a time. */
export class Membership {
  readonly #parts: MembershipParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  async list(): Promise<{ readonly clusterId: string; readonly members: readonly MemberView[] }> {
    const list = await this.#parts.admin.members();
    const views = await this.#ask(list);
    return {
      clusterId: list.clusterId,
      members: views.toSorted((a, b) => a.member.name.localeCompare(b.member.name, 'en', { numeric: true })),
    };
  }

  /** Repeated questions get the same answer. @throws IpamError not-ready (ask again), wrong-cluster, already-exists, quorum-at-risk */
  join(question: JoinQuestion): Promise<JoinAnswer> {
    return this.#oneAtATime(() => this.#join(question));
  }

  /** Expects a member that will join from this address. */
  add(name: string, address: string): Promise<MemberView> {
    return this.#oneAtATime(async () => {
      const candidate = { name, peerUrl: peerUrl(parseHostPort(address), this.#parts.tls) };
      const list = await this.#parts.admin.members();
      const found = admission(candidate, list.members);
      if (found.kind === 'expected') return this.#view(found.member);
      if (found.kind === 'replaces') {
        throw new IpamError('already-exists', `"${name}" at ${address} is a member already`);
      }
      return this.#view(await this.#addLearner(list, candidate.peerUrl));
    });
  }

  /** @throws IpamError quorum-at-risk, not-found */
  remove(nameOrId: string): Promise<MemberView> {
    return this.#oneAtATime(async () => {
      const { admin, log } = this.#parts;
      const list = await admin.members();
      const member = find(list.members, nameOrId);
      const views = await this.#ask(list);
      checkRemoval({ members: list.members, running: runningOf(views) }, member);
      const view = views.find(({ member: { id } }) => id === member.id);
      // Whoever leads hands over first: nobody waits for an election.
      if (view?.isLeader === true && views.length > 1) await this.#handOver(views, view, '');
      await patiently(() => admin.remove(member.id));
      log.warn({ member: labelOf(member), id: member.id }, 'member removed');
      return view ?? this.#view(member);
    });
  }

  promote(nameOrId: string): Promise<MemberView> {
    return this.#oneAtATime(async () => {
      const { members } = await this.#parts.admin.members();
      const member = find(members, nameOrId);
      if (member.isLearner) await this.#parts.admin.promote(member.id);
      return this.#view({ ...member, isLearner: false });
    });
  }

  /** @param nameOrId empty: whoever is furthest on */
  moveLeader(nameOrId: string): Promise<MemberView> {
    return this.#oneAtATime(async () => {
      const views = await this.#ask(await this.#parts.admin.members());
      const leader = views.find(({ isLeader }) => isLeader);
      if (leader === undefined) throw new IpamError('not-ready', 'the cluster has no leader just now');
      return this.#handOver(views, leader, nameOrId);
    });
  }

  async #handOver(views: readonly MemberView[], leader: MemberView, nameOrId: string): Promise<MemberView> {
    const target =
      nameOrId === ''
        ? furthest(views.filter((view) => view !== leader && !view.member.isLearner))
        : views.find(
            (view) =>
              view.member ===
              find(
                views.map(({ member }) => member),
                nameOrId,
              ),
          );
    if (target === undefined) throw new IpamError('not-ready', 'no other voter runs that could lead');
    if (target === leader) return leader;
    const own = await this.#parts.ownReport();
    if (own.memberId === leader.member.id) await this.#parts.admin.moveLeader(target.member.id);
    else await this.#parts.others.moveLeader(leader.address, target.member.id);
    return { ...target, isLeader: true };
  }

  async #join(question: JoinQuestion): Promise<JoinAnswer> {
    const { admin, clusterName, tls, log } = this.#parts;
    if (question.clusterName !== clusterName) {
      throw new IpamError('wrong-cluster', `this is cluster "${clusterName}", not "${question.clusterName}"`, {
        advice: 'set raft.clusterName (--cluster-name) to the one that is meant, or join a member of the other',
      });
    }
    if (question.tls !== tls) {
      throw new IpamError(
        'invalid-config',
        `members here speak ${tls ? 'TLS' : 'no TLS'}, and "${question.name}" ${tls ? 'has no certificate' : 'speaks TLS'}`,
        {
          advice: 'all members need certificates of one CA, or none of them (--insecure)',
        },
      );
    }
    await this.#parts.correctAdvertisedAddress(question.reachedAt);
    await this.#checkReachable(question);
    const candidate = { name: question.name, peerUrl: peerUrl(parseHostPort(question.address), tls) };
    let list = await admin.members();
    const found = admission(candidate, list.members);
    if (found.kind === 'expected') return this.#answer(list, found.member.id, question.name);
    if (found.kind === 'replaces') {
      checkRemoval({ members: list.members, running: runningOf(await this.#ask(list)) }, found.member);
      log.warn(
        { member: labelOf(found.member), id: found.member.id },
        'the member came back with an empty disk: its former self is removed',
      );
      await patiently(() => admin.remove(found.member.id));
      list = await admin.members();
    }
    const { id: added } = await this.#addLearner(list, candidate.peerUrl);
    log.info(
      { member: question.name, id: added, address: question.address },
      'member added; it votes when it has caught up',
    );
    return this.#answer(await admin.members(), added, question.name);
  }

  /** An address that nobody reaches would be found out only when the new member is already counted on. */
  async #checkReachable({ name, address }: JoinQuestion): Promise<void> {
    const advice =
      'set raft.advertiseAddr (--advertise-addr) to where the others reach it, and let its port and the one after it through';
    let report: MemberReport;
    try {
      report = await this.#parts.others.identify(address);
    } catch (error) {
      throw new IpamError(
        'invalid-config',
        `"${name}" cannot be reached at ${address} from here: ${(error as Error).message}`,
        { advice, cause: error },
      );
    }
    if (report.name === name && report.memberId === '') return;
    throw new IpamError(
      'already-exists',
      report.name === name
        ? `a member "${name}" runs at ${address}`
        : `at ${address} there is "${report.name}", not "${name}"`,
      { advice },
    );
  }

  async #addLearner(list: MemberList, url: string): Promise<ListedMember> {
    checkAddition({ members: list.members, running: runningOf(await this.#ask(list)) });
    return patiently(() => this.#parts.admin.addLearner(url));
  }

  #answer({ clusterId, members }: MemberList, id: string, name: string): JoinAnswer {
    const started = members.filter((member) => member.id !== id && member.name !== '');
    const own = find(members, id);
    return {
      clusterId,
      clusterName: this.#parts.clusterName,
      generation: this.#parts.generation,
      memberId: id,
      initialCluster: [...started, { ...own, name }].map((member) => `${member.name}=${member.peerUrl}`).join(','),
      addresses: started.map(({ peerUrl: url }) => formatHostPort(daemonAddress(url))),
    };
  }

  async #ask({ ownId, members }: MemberList): Promise<readonly MemberView[]> {
    const own = await this.#parts.ownReport();
    return Promise.all(
      members.map(async (member) => {
        const view = this.#view(member, own.leaderId);
        if (member.id === ownId) return { ...view, report: own, problem: '' };
        try {
          const report = await this.#parts.others.identify(view.address);
          return report.memberId === member.id
            ? { ...view, report, problem: '' }
            : { ...view, problem: stranger(report) };
        } catch (error) {
          if (!isIpamError(error)) throw error;
          return { ...view, problem: error.message };
        }
      }),
    );
  }

  #view(member: ListedMember, leaderId = ''): MemberView {
    return {
      member,
      address: formatHostPort(daemonAddress(member.peerUrl)),
      isLeader: member.id === leaderId,
      report: undefined,
      problem: '',
    };
  }

  #oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** etcd changes its members only when all have been connected for five seconds: what is right is asked again. */
async function patiently<T>(change: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!isIpamError(error, 'not-ready') || Date.now() > deadline) throw error;
      await pause(againMs);
    }
  }
}

function stranger({ name, clusterId, state }: MemberReport): string {
  if (clusterId === '') return `"${name}" is there and ${state}`;
  return `"${name}" of cluster ${clusterId} is there`;
}

function runningOf(views: readonly MemberView[]): ReadonlySet<string> {
  return new Set(
    views
      .filter(({ report }) => report?.state === 'voter' || report?.state === 'learner')
      .map(({ member }) => member.id),
  );
}

function furthest(views: readonly MemberView[]): MemberView | undefined {
  return views
    .filter(({ report }) => report?.state === 'voter')
    .toSorted((a, b) => (b.report?.appliedIndex ?? 0) - (a.report?.appliedIndex ?? 0))[0];
}

function find(members: readonly ListedMember[], nameOrId: string): ListedMember {
  const member = members.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (member !== undefined) return member;
  throw new IpamError('not-found', `no member is named "${nameOrId}"`, {
    advice: `members: ${members.map(labelOf).join(', ')}`,
  });
}
