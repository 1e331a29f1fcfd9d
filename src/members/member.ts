import { setTimeout as pause } from 'node:timers/promises';
import type { MembersConfig } from '../config/members-config.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { daemonAddress, formatHostPort, parseHostPort, peerUrl } from './addresses.ts';
import { listenHost, machineAddresses } from './advertised-address.ts';
import { beginning, joinAny, stillThere } from './bootstrap.ts';
import { CaRotation } from './ca-rotation.ts';
import type { EtcdAdmin, EtcdKeys, EtcdTurns } from './etcd-admin.ts';
import { type EtcdOptions, etcdArguments, type PeerTls } from './etcd-arguments.ts';
import { dyingWithParent, type EtcdExecutable, findEtcd } from './etcd-executable.ts';
import type { PeerRejection } from './etcd-log.ts';
import { EtcdProcess } from './etcd-process.ts';
import { Housekeeping } from './housekeeping.ts';
import { hasRaftData, type MemberFile, readMemberFile, writeMemberFile } from './member-file.ts';
import type { MemberReport, MemberState, OtherDaemons } from './member-report.ts';
import { Membership } from './membership.ts';
import { endOrphan } from './orphan.ts';
import { requireOwnCertificate } from './own-certificate.ts';
import { detectExistingCluster } from './peer-probe.ts';
import { finishRestoration, hasRestoration } from './restoration.ts';
import { StatusPoller } from './status-poller.ts';

const lookMs = 50;
const rememberMs = 1_000;

export interface MemberParts {
  readonly config: MembersConfig;
  readonly node: string;
  readonly dataDir: string;
  readonly daemonVersion: string;
  readonly tls: (PeerTls & { readonly trusted: () => string }) | undefined;
  /** Begin the cluster anew from what this disk has, without all other members. */
  readonly forceNewCluster: boolean;
  readonly others: OtherDaemons;
  readonly admin: EtcdAdmin;
  readonly keys: EtcdKeys;
  readonly turns: EtcdTurns;
  /** Told of connections to the port of consensus that were refused. */
  readonly onRejected: (rejection: PeerRejection) => void;
  readonly log: Log;
}

/** This machine's member of the cluster: an etcd process, and what the daemon knows and decides about it. */
export class Member {
  readonly #parts: MemberParts;
  readonly #statusPoller: StatusPoller;
  readonly #stop = new AbortController();
  readonly #background: Promise<unknown>[] = [];
  #file: MemberFile | undefined;
  #executable: EtcdExecutable | undefined;
  #process: EtcdProcess | undefined;
  #membership: Membership | undefined;
  #problem = '';

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#statusPoller = new StatusPoller(parts.admin, parts.log);
  }

  /** What must be right before anything is served. @throws IpamError invalid-config, storage-damaged */
  async check(): Promise<void> {
    const { config, node, dataDir } = this.#parts;
    this.#executable = await findEtcd(config.etcdPath);
    const file = readMemberFile(dataDir);
    if (file === undefined) {
      if (!this.#parts.forceNewCluster) return;
      throw new IpamError('invalid-config', `--force-new-cluster: ${dataDir} has no data of a member`);
    }
    if (file.name !== node) {
      throw new IpamError('invalid-config', `${dataDir} has the data of member "${file.name}", and this is "${node}"`, {
        advice: `start it with --node-id ${file.name}, or with an empty data directory to join as a new member`,
      });
    }
    if (file.clusterName === config.clusterName) return;
    throw new IpamError(
      'wrong-cluster',
      `${dataDir} has the data of cluster "${file.clusterName}", not of "${config.clusterName}"`,
      {
        advice: 'set raft.clusterName (--cluster-name) to it, or use an empty data directory',
      },
    );
  }

  /**
   * Becomes a member, or goes on as one. Resolves when this member has its vote; one that had it before does not wait
   * for the others, without whom its etcd answers nothing.
   * @throws IpamError as beginning() does
   */
  async begin(): Promise<void> {
    const { dataDir, log } = this.#parts;
    await endOrphan(dataDir, log);
    this.#file = await this.#ownFile();
    if (this.#problem !== '') return;
    this.#requireCertificate(daemonAddress(this.#file.peerUrl).host);
    if (this.#parts.forceNewCluster) await this.#beginAnew();
    const taken = this.#parts.tls?.trusted() ?? '';
    const hasVoted = this.#file.clusterId !== '' && hasRaftData(dataDir) && !hasRestoration(dataDir);
    await this.#startEtcd(false);
    const voting = this.#untilVoter().then(() => this.#settle(taken));
    if (hasVoted) this.#background.push(voting);
    else await voting;
  }

  /** Once it has its vote. @param taken authorities that etcd has read */
  async #settle(taken: string): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#learnClusterId();
    await this.#whileRestoring();
    const { admin, log } = this.#parts;
    const { signal } = this.#stop;
    const housekeeping = new Housekeeping({
      admin,
      statusPoller: this.#statusPoller,
      quotaBytes: this.#parts.config.quotaBytes,
      log,
    });
    this.#background.push(
      housekeeping.run(signal),
      this.#rememberOthers(signal),
      this.#followAuthorities(taken, signal),
    );
  }

  /** What serves the changes of members; undefined until there is a cluster. @throws IpamError not-ready */
  get membership(): Membership {
    if (this.#membership !== undefined) return this.#membership;
    throw new IpamError('not-ready', this.#problem === '' ? 'this daemon is not a member yet' : this.#problem);
  }

  /** As of the last look. */
  get memberCount(): number {
    return this.#file === undefined ? 0 : this.#file.addresses.length + 1;
  }

  get keys(): EtcdKeys {
    return this.#parts.keys;
  }

  /** Gives the space of old versions back. @returns bytes before and after */
  async defragment(): Promise<{ readonly before: number; readonly after: number }> {
    const before = this.report().dbSize;
    await this.#parts.admin.defragment();
    await this.#statusPoller.look();
    return { before, after: this.report().dbSize };
  }

  report(): MemberReport {
    const { config, node, daemonVersion } = this.#parts;
    const { status, alarms } = this.#statusPoller;
    return {
      name: node,
      clusterName: config.clusterName,
      clusterId: status?.clusterId ?? this.#file?.clusterId ?? '',
      memberId: status?.memberId ?? '',
      generation: this.#file?.generation ?? 0,
      address: this.#file === undefined ? config.bindAddr : formatHostPort(daemonAddress(this.#file.peerUrl)),
      daemonVersion,
      etcdVersion: status?.version ?? this.#executable?.version ?? '',
      state: this.#state(),
      hasQuorum: (status?.leaderId ?? '') !== '',
      leaderId: status?.leaderId ?? '',
      term: status?.term ?? 0,
      commitIndex: status?.commitIndex ?? 0,
      appliedIndex: status?.appliedIndex ?? 0,
      dbSize: status?.dbSize ?? 0,
      dbSizeInUse: status?.dbSizeInUse ?? 0,
      alarms: alarms.map(({ kind, memberId }) => `${kind} ${memberId}`),
      problem: this.#trouble(),
    };
  }

  get isLeader(): boolean {
    const { leaderId, memberId } = this.report();
    return leaderId !== '' && leaderId === memberId;
  }

  /** Empty: writes go through. Else why not, for health checks. */
  get outage(): string {
    const { hasQuorum, problem, alarms } = this.report();
    if (problem !== '') return problem;
    if (!hasQuorum) return 'the cluster has no majority: no leader, as seen from here';
    return alarms.length === 0 ? '' : `alarm of the database: ${alarms.join(', ')}`;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#background);
    await this.#process?.stop();
  }

  #state(): MemberState {
    if (this.#problem !== '' || this.#process?.state === 'removed') return 'removed';
    if (this.#process === undefined) return 'joining';
    const { status } = this.#statusPoller;
    if (status === undefined) return 'stopped';
    return status.isLearner ? 'learner' : 'voter';
  }

  #trouble(): string {
    if (this.#problem !== '') return this.#problem;
    if (this.#process?.state === 'removed')
      return 'the cluster has removed this member; an empty data directory joins again';
    if (this.#process === undefined) return 'joining the cluster';
    if (this.#statusPoller.status !== undefined) return '';
    return this.#process.complaint || 'etcd does not answer: it starts, or waits for a majority of the members';
  }

  async #ownFile(): Promise<MemberFile> {
    const { dataDir, forceNewCluster, log } = this.#parts;
    const present = readMemberFile(dataDir);
    const parts = { ...this.#parts, restores: hasRestoration(dataDir), signal: this.#stop.signal };
    if (present !== undefined && hasRaftData(dataDir)) {
      if (!forceNewCluster) this.#problem = await this.#pastOf(present);
      if (this.#problem !== '') log.error({}, this.#problem);
      return present;
    }
    // Admitted, and ended before etcd had begun: the cluster knows this member and answers as before.
    const file =
      present !== undefined && present.initialState === 'existing'
        ? await joinAny([...new Set([...this.#parts.config.join, ...present.addresses])], parts)
        : await beginning(parts);
    writeMemberFile(dataDir, file);
    return file;
  }

  /**
   * Did the cluster begin anew without this member while it was unreachable? Members of its past that come back together
   * would be a majority of a cluster that is no more.
   * @returns what to tell; empty: no
   */
  async #pastOf({ generation, addresses, clusterId }: MemberFile): Promise<string> {
    const reports = await Promise.all(
      addresses.map((address) =>
        this.#parts.others.identify(address).catch((error: unknown) => {
          if (!isIpamError(error)) throw error;
          return undefined;
        }),
      ),
    );
    const newer = reports.find((report) => report?.clusterId === clusterId && report.generation > generation);
    if (newer === undefined) return '';
    return `"${newer.name}" began the cluster anew without this member: empty the data directory (member.json, raft/) and join again`;
  }

  async #followAuthorities(taken: string, signal: AbortSignal): Promise<void> {
    const { tls, turns, log } = this.#parts;
    if (tls === undefined) return;
    const { membership } = this;
    const restart = async (): Promise<void> => this.#process?.restart();
    const authorities = new CaRotation(
      { trusted: tls.trusted, restart, statusPoller: this.#statusPoller, membership, turns, log },
      taken,
    );
    await authorities.run(signal);
  }

  #requireCertificate(host: string): void {
    requireOwnCertificate(this.#parts.tls, this.#parts.node, host);
  }

  /** Makes the cluster one of this member alone, with all it knows. */
  async #beginAnew(): Promise<void> {
    const { log } = this.#parts;
    const { host, port } = parseHostPort(this.#parts.config.bindAddr);
    const existing = await detectExistingCluster({ host, port: port + 1 }, this.#parts.tls);
    if (existing !== undefined) throw stillThere(existing);
    log.warn({}, 'beginning the cluster anew from this disk');
    await this.#startEtcd(true);
    await this.#until(() => this.#statusPoller.isLeader);
    await this.#process?.stop();
    this.#update({ generation: this.#known.generation + 1, addresses: [] });
  }

  get #known(): MemberFile {
    if (this.#file === undefined) throw new Error('no member yet');
    return this.#file;
  }

  #update(change: Partial<MemberFile>): void {
    this.#file = { ...this.#known, ...change };
    writeMemberFile(this.#parts.dataDir, this.#file);
  }

  async #startEtcd(forceNewCluster: boolean): Promise<void> {
    const { config, dataDir, tls, admin, others, log } = this.#parts;
    const bound = parseHostPort(config.bindAddr);
    const options: EtcdOptions = {
      timing: config.timing,
      quotaBytes: config.quotaBytes,
      peerListen: { host: await listenHost(bound.host), port: bound.port + 1 },
      tls,
      forceNewCluster,
    };
    const path = (this.#executable ?? (await findEtcd(config.etcdPath))).path;
    this.#process = new EtcdProcess({
      command: [...(await dyingWithParent()), path],
      args: etcdArguments(this.#known, options),
      dataDir,
      log: log.child({ part: 'etcd' }),
      onRejected: this.#parts.onRejected,
    });
    this.#process.start();
    if (this.#background.length === 0) this.#background.push(this.#statusPoller.follow(this.#stop.signal));
    this.#membership = new Membership({
      admin,
      others,
      ownReport: async () => {
        await this.#statusPoller.look();
        return this.report();
      },
      clusterName: config.clusterName,
      generation: this.#known.generation,
      tls: tls !== undefined,
      correctAdvertisedAddress: (reachedAt) => this.#correctAdvertisedAddress(reachedAt),
      log,
    });
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#process?.state === 'removed' || this.#stop.signal.aborted) return;
      await this.#statusPoller.look();
      await pause(lookMs, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  async #untilVoter(): Promise<void> {
    const { log } = this.#parts;
    let told = false;
    await this.#until(() => {
      const { status } = this.#statusPoller;
      if (status?.isLearner === true && !told) {
        told = true;
        log.info({}, 'catching up with the cluster');
      }
      return status !== undefined && !status.isLearner;
    });
  }

  #learnClusterId(): void {
    const { status } = this.#statusPoller;
    if (status !== undefined && status.clusterId !== this.#known.clusterId)
      this.#update({ clusterId: status.clusterId });
  }

  async #whileRestoring(): Promise<void> {
    const { dataDir, keys, log } = this.#parts;
    if (!hasRestoration(dataDir)) return;
    await this.#until(() => this.#statusPoller.isLeader);
    await finishRestoration(dataDir, keys, log);
  }

  /** Whom to ask at the next start, when they are all that is known. */
  async #rememberOthers(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { members, ownId } = await this.#parts.admin.members();
        const others = members.filter(({ id, name }) => id !== ownId && name !== '');
        const addresses = others.map(({ peerUrl: url }) => formatHostPort(daemonAddress(url))).sort();
        if (addresses.join() !== this.#known.addresses.join()) this.#update({ addresses });
      } catch (error) {
        // A full disk too: what is on it is as good as the day it was written.
        if (!isIpamError(error) && (error as NodeJS.ErrnoException).code === undefined) throw error;
        this.#parts.log.debug({ err: error }, 'the members are not known or noted just now');
      }
      await pause(rememberMs, undefined, { signal }).catch(() => {});
    }
  }

  /** A first member that had to guess its address takes the one by which the second reached it. */
  async #correctAdvertisedAddress(reachedAt: string): Promise<void> {
    if (!this.#known.guessedAddress) return;
    const { admin, tls, log } = this.#parts;
    const { ownId, members } = await admin.members();
    const url = peerUrl(parseHostPort(reachedAt), tls !== undefined);
    const isOurs = machineAddresses().includes(parseHostPort(reachedAt).host);
    if (members.length !== 1 || !isOurs) return;
    this.#requireCertificate(parseHostPort(reachedAt).host);
    if (url !== this.#known.peerUrl) {
      await admin.updatePeerUrl(ownId, url);
      log.info({ before: this.#known.peerUrl, now: url }, 'the address of this member is the one that others use');
    }
    this.#update({ peerUrl: url, guessedAddress: false, initialCluster: `${this.#known.name}=${url}` });
  }
}
