import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedStore, serveStore } from '../../src/api/testing/serve-store.ts';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import { EmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';

/** What stands for members: servers of ipam.Store over one store; and real agents of theirs. */
export class AgentCluster {
  readonly store: EmbeddedStore;
  readonly #directory = mkdtempSync(join(tmpdir(), 'berth-agents-'));
  readonly #servers: ServedStore[] = [];
  readonly #agents: DaemonProcess[] = [];

  private constructor() {
    this.store = new EmbeddedStore({ directory: this.#directory, now: Date.now, newUid: randomUUID, pollMs: 5 });
  }

  static async open(pools: Readonly<Record<string, PoolSpec>>): Promise<AgentCluster> {
    const cluster = new AgentCluster();
    for (const [name, spec] of Object.entries(pools))
      await cluster.store.create({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
    // Ports that no outgoing connection takes: while a server is away, nobody else gets its port.
    for (let number = 1; number <= 2; number += 1)
      cluster.#servers.push(await serveStore(cluster.store, undefined, await freePort()));
    return cluster;
  }

  async agent(node: string): Promise<DaemonProcess> {
    const join = this.#servers.map(({ address }) => address).join(',');
    const agent = new DaemonProcess({ node, clusterCidr: '', args: ['--agent', '--join', join] });
    this.#agents.push(agent);
    await agent.start();
    return agent;
  }

  /** @param number 1 or 2 */
  async kill(number: number): Promise<void> {
    await this.#servers[number - 1]?.kill();
  }

  async killAll(): Promise<void> {
    for (const server of this.#servers) await server.kill();
  }

  /** On the ports that they had. */
  async bringBack(): Promise<void> {
    for (const [index, { address }] of this.#servers.entries())
      this.#servers[index] = await serveStore(this.store, undefined, Number(address.split(':')[1]));
  }

  async remove(): Promise<void> {
    for (const agent of this.#agents) await agent.remove();
    await this.killAll();
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export function call(agent: DaemonProcess, command: string, containerId: string, pool?: string): Promise<CniResult> {
  const ipam = { type: 'ipam-plugin', daemonSocket: agent.socket, ...(pool === undefined ? {} : { pools: [pool] }) };
  const config = { cniVersion: '1.1.0', name: 'net', type: 'ptp', ipam };
  return cni('ipam-plugin', config, { command, containerId, netns: `/run/netns/${containerId}` });
}

/** @returns the address without its length @throws when the ADD is refused */
export async function add(agent: DaemonProcess, containerId: string, pool?: string): Promise<string> {
  const { exit, json, stdout } = await call(agent, 'ADD', containerId, pool);
  const address = json.ips?.[0]?.address.split('/')[0];
  if (exit !== 0 || address === undefined) throw new Error(`ADD of ${containerId} was refused: ${stdout}`);
  return address;
}

/** Waits until the agent would start with this block although the cluster is away. */
export async function kept(agent: DaemonProcess, cidr: string): Promise<void> {
  const file = join(agent.dataDir, 'last-seen.json');
  await waitFor(`block ${cidr} to be kept`, () =>
    existsSync(file) && readFileSync(file, 'utf8').includes(`"cidr":"${cidr}"`) ? true : undefined,
  );
}

export async function metric(agent: DaemonProcess, name: string): Promise<number> {
  const line = (await httpText(agent.socket, '/metrics')).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}
