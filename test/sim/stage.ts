import { parseAddress } from '../../src/ip/address.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import type { AllocateRequest, PoolSource } from '../../src/ipam/request.ts';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { FaultKind } from './options.ts';
import { SimNode } from './sim-node.ts';
import { epoch, World } from './world.ts';

export interface StageOptions {
  readonly pools: Readonly<Record<string, PoolSpec>>;
  readonly nodes: number;
  /** Puts something between a node and its store. */
  readonly around?: (store: Store, node: string) => Store;
  /** What may happen by chance; by default nothing. */
  readonly faults?: readonly FaultKind[];
}

/** A small world without chance in which a test says what happens: the same machines, store and time as the simulation. */
export class Stage {
  readonly world: World;
  readonly store: Store;
  readonly nodes: readonly SimNode[];

  private constructor({ pools, nodes, around = (store) => store, faults = [] }: StageOptions) {
    this.world = new World(
      { seed: 1, claims: 'all', emphasis: 'nothing', nodes, operations: 0, faults: new Set(faults) },
      true,
    );
    let uids = 0;
    const store = new MemoryStore({ now: () => epoch + Math.floor(this.world.now), newUid: () => `u${++uids}` });
    this.store = store;
    for (const [name, spec] of Object.entries(pools)) {
      void store.create({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
    }
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      const name = `node${index + 1}`;
      return new SimNode(this.world, name, around(store, name));
    });
  }

  /** Sets it up, and waits until every daemon serves. */
  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    for (const node of stage.nodes) node.start();
    await stage.until(() => stage.nodes.every(({ daemon }) => daemon !== undefined));
    return stage;
  }

  node(number: number): SimNode {
    const node = this.nodes[number - 1];
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  /** Lets the world go on until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    await this.until(() => settled);
    return promise;
  }

  async pass(ms: number): Promise<void> {
    const end = this.world.now + ms;
    await this.until(() => this.world.now >= end);
  }

  async until(isOver: () => boolean): Promise<void> {
    // What has just begun takes its first steps before it plans anything.
    await new Promise(setImmediate);
    while (!isOver()) {
      if (!this.world.scheduler.step()) throw new Error('nothing happens any more');
      await new Promise(setImmediate);
    }
  }

  /** The process ends here and now, and is there again afterwards. */
  async restart(node: SimNode): Promise<void> {
    node.crash();
    await this.until(() => node.daemon !== undefined);
  }

  /** ADD, as a runtime sends it. @returns the addresses @throws what the daemon refused with */
  async add(node: SimNode, containerId: string, pod: string, ...pools: readonly string[]): Promise<readonly string[]> {
    const answer = await this.run(
      node.call('ADD', [containerId], ({ ipam }) => ipam.allocate(request(containerId, pod, pools))),
    );
    if (answer.kind === 'refused') throw answer.error;
    return answer.kind === 'answered' ? addressesOf(answer.value) : [];
  }

  async del(node: SimNode, containerId: string): Promise<readonly string[]> {
    const answer = await this.run(
      node.call('DEL', [containerId], ({ ipam }) => ipam.release(attachmentOf(containerId))),
    );
    return answer.kind === 'answered' && answer.value !== undefined ? addressesOf(answer.value) : [];
  }

  /** CNI GC: these containers are all that the runtime knows. */
  async gc(node: SimNode, ...containerIds: readonly string[]): Promise<readonly string[]> {
    const valid = containerIds.map(attachmentOf);
    const answer = await this.run(node.call('GC', [], ({ ipam }) => ipam.collect('net', valid)));
    return answer.kind === 'answered' ? answer.value.map(({ attachment }) => attachment.containerId) : [];
  }

  /** What a tool that looks for duplicate addresses reports. */
  async quarantine(node: SimNode, address: string, reason: string, forMs?: number): Promise<void> {
    await this.run(
      node.call('quarantine', [address], ({ administration }) =>
        administration.quarantine(parseAddress(address), reason, forMs),
      ),
    );
  }

  held(node: SimNode, containerId: string): readonly string[] {
    const allocation = node.daemon?.ipam.find(attachmentOf(containerId));
    return allocation === undefined ? [] : addressesOf(allocation);
  }

  /** What `ipam-cli check` says on each node. */
  async violations(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const { daemon } of this.nodes) {
      for (const { subject, message } of (await daemon?.administration.check()) ?? [])
        found.push(`${subject} ${message}`);
    }
    return found;
  }
}

export function attachmentOf(containerId: string) {
  return { network: 'net', containerId, ifname: 'eth0' };
}

export function request(containerId: string, pod: string, pools: readonly string[]): AllocateRequest {
  const source: PoolSource = { kind: 'named', pools };
  return {
    attachment: attachmentOf(containerId),
    pod: { namespace: 'default', name: pod, uid: `uid-${containerId}` },
    netns: '',
    source,
    families: [],
    requested: [],
  };
}

function addressesOf({ addresses }: Allocation): readonly string[] {
  return addresses.map(({ address }) => address);
}
