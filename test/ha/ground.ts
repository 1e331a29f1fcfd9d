import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolSpec } from '../../src/resources/pool.ts';
import { Fleet, type FleetOptions } from '../chaos/fleet.ts';
import { httpText } from '../kit/daemon-process.ts';
import { type ClusterMember, MemberCluster } from '../kit/member-cluster.ts';
import { waitFor } from '../kit/wait.ts';
import { poolText } from '../kit/write-pool.ts';
import { DaemonClient } from './daemon-client.ts';

/** Pool of which addresses are claimed one by one, and the one whose blocks `contend` fights for. */
export const sharedPool = 'shared';
const pools: readonly { readonly name: string; readonly spec: Partial<PoolSpec> }[] = [
  { name: sharedPool, spec: { ipVersion: 4, subnet: '10.99.0.0/20' } },
  // Nobody but the contention leases of it.
  { name: 'contended', spec: { ipVersion: 4, subnet: '10.0.0.0/10', blockSize: 24, disable: true } },
];
const blockSize = '28';
const memberNames = ['ipam-1', 'ipam-2', 'ipam-3'] as const;
const agentNames = ['ipam-4', 'ipam-5'] as const;
const backMs = 90_000;

/** A node: a machine of the network with a daemon, and the containers on it. */
export class Node {
  readonly machine: ClusterMember;
  readonly isMember: boolean;
  readonly client: DaemonClient;
  readonly fleet: Fleet;
  /** Since when its daemon has been away or stopped, or was last: `performance.now`. */
  #awayFrom = Number.POSITIVE_INFINITY;
  #awayTo = Number.NEGATIVE_INFINITY;

  constructor(machine: ClusterMember, isMember: boolean, fleet: (node: Node) => FleetOptions) {
    this.machine = machine;
    this.isMember = isMember;
    this.client = new DaemonClient(machine.daemon.socket);
    this.fleet = new Fleet(fleet(this));
  }

  get name(): string {
    return this.machine.name;
  }

  away(): void {
    this.#awayFrom = performance.now();
    this.#awayTo = Number.POSITIVE_INFINITY;
  }

  back(): void {
    this.#awayTo = performance.now();
  }

  /** Was its daemon away at any time since then? */
  wasAway(since: number): boolean {
    return this.#awayFrom < performance.now() && this.#awayTo > since;
  }

  /** SIGKILL to the daemon; a member's etcd ends with it. Resolves when both have ended. @returns when it was sent */
  async kill(): Promise<number> {
    const etcd = this.isMember ? await this.machine.etcdPid() : undefined;
    this.away();
    const at = performance.now();
    await Promise.all([this.machine.daemon.crash(), etcd === undefined ? undefined : ended(etcd)]);
    return at;
  }

  async start(): Promise<void> {
    await this.machine.daemon.start(backMs);
    this.back();
  }

  /**
   * Addresses, as its daemon says, of the blocks that it has had since before a call. Those that rest it gives only when the
   * pool has no block left.
   * @param calledAt `performance.now` of the call
   */
  async freeLeased(calledAt: number): Promise<number> {
    const { blocks } = await this.client.call('GetNodeBlocks', { node_id: this.name, local: true });
    const second = Math.floor((performance.timeOrigin + calledAt) / 1_000);
    const there = blocks.filter(({ created_at }) => Number(created_at) < second);
    return there.reduce((sum, { available, cooling_down }) => sum + available - cooling_down, 0);
  }
}

/** Waits until a process does nothing any more; whoever is its parent may not have asked for its end yet. */
export async function ended(pid: number): Promise<void> {
  const isOver = (): boolean => {
    try {
      // proc(5): the state is after the name, which is in parentheses.
      return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return true;
    }
  };
  await waitFor(`process ${pid} to end`, () => (isOver() ? true : undefined), 20_000, 1);
}

/** Three members, two agents and a machine for clients, each in a network namespace of its own on one bridge. */
export class Ground {
  readonly cluster = new MemberCluster();
  readonly nodes: Node[] = [];
  readonly #fleet: (node: Node) => FleetOptions;
  #clients: ClusterMember | undefined;

  constructor(fleet: (node: Node) => FleetOptions) {
    this.#fleet = fleet;
  }

  /** Where programs run that are no daemons. */
  get clients(): ClusterMember {
    if (this.#clients === undefined) throw new Error('not open yet');
    return this.#clients;
  }

  get members(): readonly Node[] {
    return this.nodes.filter(({ isMember }) => isMember);
  }

  get agents(): readonly Node[] {
    return this.nodes.filter(({ isMember }) => !isMember);
  }

  async open(): Promise<void> {
    const { cluster } = this;
    await cluster.open();
    const bind = '--bind-addr=0.0.0.0:7000';
    for (const name of memberNames) {
      const first = name === memberNames[0];
      const args = first ? [bind, '--bootstrap', '--block-size', blockSize] : [bind, `--join=${memberNames[0]}:7000`];
      this.#add(await cluster.machine(name, args), true);
    }
    const servers = memberNames.map((name) => `${name}:7000`).join();
    for (const name of agentNames) this.#add(await cluster.machine(name, ['--agent', `--join=${servers}`]), false);
    this.#clients = await cluster.machine('ipam-6', []);
    const [first, ...rest] = this.nodes as [Node, ...Node[]];
    await first.machine.daemon.start(backMs);
    for (const { machine } of rest) machine.daemon.spawn();
    for (const { machine } of rest) await machine.daemon.ready(backMs);
    await this.whole();
    const file = join(first.machine.daemon.directory, 'pools.yaml');
    writeFileSync(file, pools.map(({ name, spec }) => poolText(name, spec)).join('---\n'));
    const { exit, stderr } = await first.machine.daemon.cli('apply', '-f', file);
    if (exit !== 0) throw new Error(`apply: ${stderr}`);
    for (const { fleet } of this.nodes) await fleet.create();
  }

  #add(machine: ClusterMember, isMember: boolean): void {
    this.nodes.push(new Node(machine, isMember, this.#fleet));
  }

  /** Who leads, as soon as members whose daemons run agree. @param except somebody else */
  async leader(except?: Node): Promise<Node> {
    return waitFor(
      'a leader',
      async () => {
        for (const node of this.members) {
          if (node === except || node.wasAway(performance.now())) continue;
          const list = await node.client.cluster('ListMembers', {}).catch(() => undefined);
          const leader = list?.members.find(({ is_leader }) => is_leader);
          const found = this.members.find(({ name }) => name === leader?.name);
          if (found !== undefined && found !== except) return found;
        }
        return undefined;
      },
      backMs,
      50,
    );
  }

  /** Waits until every member votes, knows the same leader, and every daemon serves. */
  async whole(): Promise<void> {
    let reason = '';
    await waitFor(
      'the cluster to be whole',
      async () => {
        reason = await this.#trouble().catch((error: Error) => error.message);
        return reason === '' ? true : undefined;
      },
      backMs,
      100,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${reason}`, { cause: error });
    });
    for (const node of this.nodes) node.back();
  }

  async #trouble(): Promise<string> {
    for (const { machine } of this.nodes) {
      if (machine.daemon.end !== undefined) return `the daemon of ${machine.name} ended by itself`;
    }
    for (const { client, name } of this.members) {
      const { members, has_quorum } = await client.cluster('ListMembers', {});
      if (!has_quorum) return `${name} sees no majority`;
      if (members.length !== memberNames.length) return `${name} sees ${members.length} members`;
      const leaders = new Set(members.map(({ report }) => report?.leader_id ?? 'nobody'));
      if (leaders.size !== 1) return `members follow ${[...leaders].join(' and ')}`;
      const idle = members.find(({ report }) => report?.state !== 'voter');
      if (idle !== undefined) return `${name} says that ${idle.name} does not vote: ${idle.report?.state}`;
    }
    for (const { name, machine } of this.nodes) {
      const said = await httpText(machine.daemon.socket, '/readyz');
      if (!said.includes('"ready"')) return `${name} says ${said}`;
    }
    return '';
  }

  async close(): Promise<void> {
    for (const { client, fleet } of this.nodes) {
      client.close();
      await fleet.remove();
    }
    await this.cluster.close();
  }
}
