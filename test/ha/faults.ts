import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../kit/random.ts';
import { ended, type Ground, type Node } from './ground.ts';
import { type Outage, outage } from './outage.ts';
import { Tally } from './tally.ts';

const kinds = [
  'kill follower',
  'kill etcd of leader',
  'hang leader',
  'cut leader',
  'cut follower',
  'cut leader from members',
  'deaf leader',
  'mute leader',
  'deaf follower',
  'mute follower',
  'cut agent',
  'restart agent while cut off',
  'wipe member',
  'wipe raft of member',
] as const;
export type FaultKind = 'kill leader' | (typeof kinds)[number];

export interface FaultsOptions {
  readonly ground: Ground;
  readonly random: Random;
  /** Told in whose names blocks were asked for. */
  readonly onProbes: (probes: Outage['probes']) => void;
  /** Called before the disk of a machine is wiped, which ends its containers; resolves when nothing calls there. */
  readonly onWipe: (node: Node) => Promise<() => void>;
}

/** What happens to a cluster in a bad year, one thing at a time, from a seed; every second one is the death of the leader. */
export class Faults {
  readonly counts = new Tally();
  readonly outages: Outage[] = [];
  readonly #options: FaultsOptions;
  /** Kinds still to come before any comes again. */
  #next: FaultKind[] = [];
  #strikes = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Strikes, heals, and waits until the cluster is whole. @throws Error when it does not become so */
  async strike(): Promise<FaultKind> {
    const kind = this.#draw();
    this.counts.add(kind);
    try {
      await this.#bring(kind);
      await this.#options.ground.whole();
    } catch (error) {
      throw new Error(`after "${kind}": ${(error as Error).message}`, { cause: error });
    }
    return kind;
  }

  #draw(): FaultKind {
    this.#strikes += 1;
    if (this.#strikes % 2 === 1) return 'kill leader';
    if (this.#next.length === 0) this.#next = [...kinds];
    const [kind = 'kill leader'] = this.#next.splice(this.#options.random.below(this.#next.length), 1);
    return kind;
  }

  async #bring(kind: FaultKind): Promise<void> {
    const { ground, random } = this.#options;
    const leader = await ground.leader();
    const follower = random.pick(ground.members.filter((node) => node !== leader));
    const agent = random.pick(ground.agents);
    switch (kind) {
      case 'kill leader':
        return this.#kill(kind, leader);
      case 'kill follower':
        return this.#kill(kind, follower);
      case 'kill etcd of leader':
        return this.#killEtcd(kind, leader);
      case 'hang leader':
        return this.#hang(kind, leader);
      case 'cut leader':
      case 'cut follower': {
        const node = kind === 'cut leader' ? leader : follower;
        return this.#cut(kind, node, () => node.machine.cut());
      }
      case 'cut leader from members': {
        const others = ground.members.filter((node) => node !== leader);
        return this.#cut(kind, leader, () => leader.machine.cut(...others.map(({ machine }) => machine)));
      }
      case 'deaf leader':
      case 'mute leader':
      case 'deaf follower':
      case 'mute follower': {
        const node = kind.endsWith('leader') ? leader : follower;
        return this.#cut(kind, node, () => this.#oneWay(node, kind.startsWith('deaf') ? 'in' : 'out'));
      }
      case 'cut agent':
        return this.#cut(kind, agent, () => agent.machine.cut());
      case 'restart agent while cut off':
        return this.#cut(kind, agent, async () => {
          await agent.machine.cut();
          await agent.kill();
          await agent.start();
        });
      case 'wipe member':
        return this.#wipe(random.pick(ground.members));
      case 'wipe raft of member':
        return this.#wipeRaft(random.pick(ground.members));
    }
  }

  async #kill(kind: FaultKind, victim: Node): Promise<void> {
    const at = await victim.kill();
    await this.#measure(kind, victim, at);
    await this.#wait(3_000);
    await victim.start();
  }

  async #killEtcd(kind: FaultKind, victim: Node): Promise<void> {
    const pid = await victim.machine.etcdPid();
    const at = performance.now();
    process.kill(pid, 'SIGKILL');
    await ended(pid);
    await this.#measure(kind, victim, at);
  }

  async #hang(kind: FaultKind, victim: Node): Promise<void> {
    const pids = [victim.machine.daemon.pid, await victim.machine.etcdPid()];
    victim.away();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await this.#measure(kind, victim);
      await this.#wait(3_000);
    } finally {
      for (const pid of pids.toReversed()) process.kill(pid, 'SIGCONT');
      victim.back();
    }
  }

  async #cut(kind: FaultKind, victim: Node, cut: () => Promise<void>): Promise<void> {
    try {
      await cut();
      if (victim.isMember) await this.#measure(kind, victim);
      await this.#wait(8_000);
    } finally {
      await victim.machine.heal();
    }
  }

  async #oneWay({ machine }: Node, way: 'in' | 'out'): Promise<void> {
    const [chain, side] = way === 'in' ? ['INPUT', '-s'] : ['OUTPUT', '-d'];
    for (const { address } of this.#options.ground.cluster.members.values()) {
      if (address !== machine.address)
        await machine.namespace.exec('iptables', '-w', '-A', chain, side, address, '-j', 'DROP');
    }
  }

  /** A machine that is installed anew under its old name. */
  async #wipe(victim: Node): Promise<void> {
    const resume = await this.#options.onWipe(victim);
    await victim.kill();
    victim.machine.wipe();
    await victim.fleet.reinstall();
    await victim.start();
    resume();
  }

  async #wipeRaft(victim: Node): Promise<void> {
    await victim.kill();
    victim.machine.wipeRaft();
    await victim.start();
  }

  /** @param since `performance.now` of the fault */
  async #measure(kind: FaultKind, victim: Node, since = performance.now()): Promise<void> {
    const left = this.#options.ground.nodes.filter((node) => node !== victim);
    const measured = await outage(kind, left, since);
    this.outages.push(measured);
    this.#options.onProbes(measured.probes);
  }

  async #wait(longestMs: number): Promise<void> {
    await pause(this.#options.random.below(longestMs));
  }
}
