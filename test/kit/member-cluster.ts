import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, whileEtcdDies } from './daemon-process.ts';
import { Namespace } from './namespace.ts';
import { must, run } from './run.ts';
import { waitFor } from './wait.ts';

const joinMs = 60_000;

export interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly is_learner: boolean;
  readonly is_leader: boolean;
  readonly report: {
    readonly state: string;
    readonly has_quorum: boolean;
    readonly applied_index: string;
    readonly etcd_version: string;
  } | null;
}

export interface MemberClusterOptions {
  readonly clusterCidr?: string;
  /** More arguments of every daemon. */
  readonly args?: readonly string[];
  /** Text of a configuration file of every daemon. */
  readonly config?: string;
  /** Addresses of the members: .1, .2, … are appended. */
  readonly network?: string;
}

/** Daemons in a namespace each, on one bridge that is in a namespace of its own: a network that can be cut. */
export class MemberCluster {
  readonly members = new Map<string, ClusterMember>();
  readonly #options: MemberClusterOptions;
  readonly #switch = new Namespace('switch');
  readonly #namespaces: Namespace[] = [];

  constructor(options: MemberClusterOptions = {}) {
    this.#options = options;
  }

  async open(): Promise<this> {
    await this.#switch.create();
    await this.#switch.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await this.#switch.exec('ip', 'link', 'set', 'br0', 'up');
    return this;
  }

  get(name: string): ClusterMember {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no member ${name}`);
    return member;
  }

  /** A machine with an address in the network, and no daemon yet. @param args of its daemon */
  async machine(name: string, args: readonly string[]): Promise<ClusterMember> {
    const number = this.members.size + 1;
    const { network = '10.77.0', config, clusterCidr } = this.#options;
    const namespace = new Namespace(name);
    this.#namespaces.push(namespace);
    await namespace.create();
    const port = `port${number}`;
    await must('ip', [
      'link',
      'add',
      port,
      'netns',
      this.#switch.name,
      'type',
      'veth',
      'peer',
      'eth0',
      'netns',
      namespace.name,
    ]);
    await this.#switch.exec('ip', 'link', 'set', port, 'master', 'br0', 'up');
    const address = `${network}.${number}`;
    await namespace.exec('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    await namespace.exec('ip', 'link', 'set', 'eth0', 'up');
    // What ip-netns(8) shows as /etc/hosts to whoever it runs there.
    const etc = `/etc/netns/${namespace.name}`;
    mkdirSync(etc, { recursive: true });
    writeFileSync(join(etc, 'hosts'), this.#hosts());
    const daemon = new DaemonProcess({
      node: name,
      netns: namespace.name,
      clusterCidr: args.includes('--bootstrap') ? (clusterCidr ?? '10.244.0.0/16') : '',
      args: [...(this.#options.args ?? ['--insecure']), ...args],
      ...(config === undefined ? {} : { config }),
    });
    const member = new ClusterMember({ name, address, namespace, daemon, others: () => [...this.members.values()] });
    this.members.set(name, member);
    return member;
  }

  /** The first member, then the others one after the other. @param names `ipam-1`, `ipam-2`, … */
  async start(...names: readonly string[]): Promise<void> {
    const [first = '', ...rest] = names;
    const founder = await this.machine(first, ['--bootstrap']);
    await founder.daemon.start();
    const joiners: ClusterMember[] = [];
    for (const name of rest) joiners.push(await this.machine(name, ['--join', `${founder.name}:7000`]));
    for (const { daemon } of joiners) daemon.spawn();
    await Promise.all(joiners.map(({ daemon }) => daemon.ready(joinMs)));
  }

  /** One more member, which asks that one. */
  async join(name: string, asked: ClusterMember): Promise<ClusterMember> {
    const member = await this.machine(name, ['--join', `${asked.name}:7000`]);
    await member.daemon.start(joinMs);
    return member;
  }

  /** Machines are called by the names of their members. */
  #hosts(): string {
    const { network = '10.77.0' } = this.#options;
    const machines = Array.from({ length: 9 }, (_, index) => `${network}.${index + 1} ipam-${index + 1}\n`);
    return `127.0.0.1 localhost\n::1 localhost\n${machines.join('')}`;
  }

  /** Members as one of those that run sees them. */
  async list(from?: ClusterMember): Promise<readonly ListedMember[]> {
    const asked = from ?? [...this.members.values()].find(({ daemon }) => daemon.pid !== 0 && daemon.end === undefined);
    if (asked === undefined) throw new Error('no member runs');
    const { exit, stdout, stderr } = await asked.daemon.cli('members', 'list', '-o', 'json');
    if (exit !== 0) throw new Error(`members list: ${stderr}`);
    return (JSON.parse(stdout) as { members: readonly ListedMember[] }).members;
  }

  /** Who leads, as soon as somebody does. @param except somebody else */
  async leader(except?: ClusterMember): Promise<ClusterMember> {
    return waitFor('a leader', async () => {
      for (const member of this.members.values()) {
        if (member === except || member.daemon.pid === 0 || member.daemon.end !== undefined) continue;
        const leader = await this.list(member).then(
          (members) => members.find(({ is_leader }) => is_leader),
          () => undefined,
        );
        if (leader !== undefined && leader.name !== except?.name) return this.members.get(leader.name);
      }
      return undefined;
    });
  }

  /** Waits until so many members vote. */
  async voters(count: number, from?: ClusterMember): Promise<void> {
    await waitFor(
      `${count} members that vote`,
      async () => {
        // A daemon serves before its etcd does, which begins or comes back in its own time.
        const members = await this.list(from).catch(() => []);
        const voting = members.filter(({ is_learner, report }) => !is_learner && report?.state === 'voter');
        return members.length === count && voting.length === count ? true : undefined;
      },
      joinMs,
      100,
    );
  }

  async close(): Promise<void> {
    for (const { daemon } of this.members.values()) await daemon.remove();
    for (const namespace of this.#namespaces) {
      await namespace.delete();
      rmSync(`/etc/netns/${namespace.name}`, { recursive: true, force: true });
    }
    await this.#switch.delete();
  }
}

interface ClusterMemberParts {
  readonly name: string;
  readonly address: string;
  readonly namespace: Namespace;
  readonly daemon: DaemonProcess;
  readonly others: () => readonly ClusterMember[];
}

/** One machine: its namespace and its daemon. */
export class ClusterMember {
  readonly name: string;
  readonly address: string;
  readonly namespace: Namespace;
  readonly daemon: DaemonProcess;
  readonly #others: () => readonly ClusterMember[];

  constructor({ name, address, namespace, daemon, others }: ClusterMemberParts) {
    this.name = name;
    this.address = address;
    this.namespace = namespace;
    this.daemon = daemon;
    this.#others = others;
  }

  /** Removes everything from its disk. */
  wipe(): void {
    rmSync(this.daemon.dataDir, { recursive: true, force: true, ...whileEtcdDies });
    mkdirSync(this.daemon.dataDir, { mode: 0o700 });
  }

  /** Loses the etcd part of its disk only: what the daemon knows of its own Pods stays. */
  wipeRaft(): void {
    for (const part of ['raft', 'member.json']) {
      rmSync(join(this.daemon.dataDir, part), { recursive: true, force: true, ...whileEtcdDies });
    }
  }

  /** Drops all packets between this machine and those (default: all others), both ways, without a word to either. */
  async cut(...from: readonly ClusterMember[]): Promise<void> {
    const others = from.length > 0 ? from : this.#others().filter((other) => other !== this);
    for (const { address } of others) {
      await this.namespace.exec('iptables', '-w', '-A', 'INPUT', '-s', address, '-j', 'DROP');
      await this.namespace.exec('iptables', '-w', '-A', 'OUTPUT', '-d', address, '-j', 'DROP');
    }
  }

  async heal(): Promise<void> {
    await this.namespace.exec('iptables', '-w', '-F');
  }

  /** Process id of its etcd, as soon as it runs. @param other than this one */
  async etcdPid(other?: number): Promise<number> {
    return waitFor(`an etcd of ${this.name}`, async () => {
      const { stdout } = await run('pgrep', ['-P', String(this.daemon.pid), '-x', 'etcd']);
      const pid = Number(stdout.trim());
      return pid > 1 && pid !== other ? pid : undefined;
    });
  }
}
