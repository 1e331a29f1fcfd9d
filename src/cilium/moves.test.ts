import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CiliumNode } from './cilium-node.ts';
import { freshForOwner } from './fresh-address.ts';
import type { KeptPod } from './kept-pod.ts';
import { patchesOf } from './node-changes.ts';
import { nodePlan } from './node-plan.ts';
import { podPlan } from './pod-plan.ts';
import { recyclingPlan } from './recycling.ts';
import { ModelAgent } from './testing/agent.ts';
import { NodeObject } from './testing/objects.ts';

const resource = 'default/StatefulSet/web';

interface Pod {
  /** Where it is sent; undefined: it is not there, or not sent yet. */
  node?: number;
  address?: string;
}

/** Two nodes with agents, a controller, and Pods; who sees what is up to the steps. */
class World {
  readonly objects = [0, 1].map((n) => new NodeObject(`n${n}`, [`10.0.${n}.0/28`]));
  readonly agents = this.objects.map(() => new ModelAgent());
  readonly versions = [0, 0];
  readonly pods: Pod[] = [{}, {}];
  readonly records = new Map<string, KeptPod>();
  /** What the controller saw of each node. */
  view: readonly CiliumNode[] = this.objects.map((object) => object.read());

  agentSees(n: number): void {
    const object = this.objects[n] as NodeObject;
    const { ipam: spec = {} } = object.at('spec') as { ipam?: { pool?: object } };
    const { ipam: status = {} } = object.at('status') as { ipam?: { 'release-ips'?: object } };
    this.agents[n]?.see(structuredClone({ pool: spec.pool ?? {}, releases: status['release-ips'] ?? {} }) as never);
    this.versions[n] = object.version;
  }

  /** One that saw an older object is refused, as by an API server. */
  agentWrites(n: number): void {
    const object = this.objects[n] as NodeObject;
    if (this.versions[n] !== object.version) return;
    const { used, releases } = (this.agents[n] as ModelAgent).status();
    object.write({ ...object.tree, status: { ipam: { used, 'release-ips': releases } } });
    this.agentSees(n);
  }

  controllerSees(n: number): void {
    this.view = this.view.map((node, index) => (index === n ? (this.objects[n] as NodeObject).read() : node));
  }

  start(p: number, n: number): void {
    const pod = this.pods[p] as Pod;
    if (pod.node === undefined) pod.node = n;
  }

  move(p: number, n: number): void {
    this.end(p);
    this.start(p, n);
  }

  /** Deleted by force: the node that it was on does not know, and has its address still. */
  flee(p: number, n: number): void {
    this.pods[p] = { node: n };
  }

  add(p: number): void {
    const pod = this.pods[p] as Pod;
    if (pod.node === undefined || pod.address !== undefined) return;
    const agent = this.agents[pod.node] as ModelAgent;
    const before = new Map(agent.allocated);
    const address = agent.add(nameOf(p), 4);
    if (address === undefined) return;
    expect(before.get(address) ?? nameOf(p), 'an address is given to a Pod while another has it').toBe(nameOf(p));
    pod.address = address;
  }

  end(p: number): void {
    const pod = this.pods[p] as Pod;
    if (pod.node !== undefined) this.agents[pod.node]?.delete(nameOf(p));
    this.pods[p] = {};
  }

  /** A node hears which of its Pods are gone. */
  sweep(n: number): void {
    const agent = this.agents[n] as ModelAgent;
    for (const owner of agent.allocated.values()) {
      if (this.pods[Number(owner.split('-')[1])]?.node !== n) agent.delete(owner);
    }
  }

  planPod(p: number): void {
    const { node, address } = this.pods[p] as Pod;
    const kept = this.records.get(nameOf(p));
    const places = this.places();
    const { record, changes } = podPlan({
      pod: {
        ...{ key: nameOf(p), resource, node: node === undefined ? undefined : this.view[node] },
        ...{ addresses: address === undefined ? [] : [address], isGated: true },
      },
      kept,
      places,
      families: [4],
      fresh: (of, family) => freshForOwner(of, family, (one) => this.isTaken(one)),
    });
    if (record !== undefined) this.records.set(record.pod, record);
    this.carryOut(changes);
  }

  planNode(n: number): void {
    const { changes, adopts, disowns } = nodePlan({
      ...{ node: this.view[n] as CiliumNode, families: [4], rate: 3, max: 14 },
      keptFor: (address) => [...this.records.values()].find(({ addresses }) => addresses.includes(address)),
      recordOf: (pod) => this.records.get(pod),
      isElsewhere: (address) => this.view.some((node, index) => index !== n && node.pool.has(address)),
    });
    expect(adopts, 'nothing is marked that is not recorded').toEqual([]);
    expect(disowns, 'no mark is wrong').toEqual([]);
    this.carryOut(changes);
  }

  recycle(p: number): void {
    const kept = this.records.get(nameOf(p));
    if (kept === undefined || this.pods[p]?.node !== undefined) return;
    const { changes, isDone } = recyclingPlan(kept, this.places());
    this.carryOut(changes);
    if (isDone) this.records.delete(kept.pod);
  }

  isTaken(address: string): boolean {
    const isKept = [...this.records.values()].some(({ addresses }) => addresses.includes(address));
    return isKept || this.view.some(({ pool, used }) => pool.has(address) || used.has(address));
  }

  check(): void {
    const given = this.agents.flatMap(({ allocated }) => [...allocated.keys()]);
    expect(new Set(given).size, `given twice: ${given}`).toBe(given.length);
  }

  /** Everybody sees and does everything, until nothing changes any more. */
  settle(): void {
    for (let before = ''; before !== this.#picture(); ) {
      before = this.#picture();
      for (const n of [0, 1]) {
        this.agentSees(n);
        this.agentWrites(n);
        this.controllerSees(n);
        this.planNode(n);
      }
      for (const [p] of this.pods.entries()) {
        for (const n of [0, 1]) this.controllerSees(n);
        this.planPod(p);
      }
    }
  }

  places() {
    return {
      withEntry: (address: string) => this.view.filter(({ pool }) => pool.has(address)),
      using: (address: string) => this.view.filter(({ used }) => used.has(address)),
    };
  }

  carryOut(changes: Parameters<typeof patchesOf>[0]): void {
    for (const patch of patchesOf(changes)) {
      const n = this.objects.findIndex(({ name }) => name === patch.node);
      // What has changed since is looked at again later; what comes after it is not written either.
      if (this.objects[n]?.patch(patch) !== true) return;
      // What it wrote itself it knows.
      this.controllerSees(n);
    }
  }

  #picture(): string {
    return JSON.stringify([this.objects.map(({ tree }) => tree), [...this.records.values()]]);
  }
}

const nameOf = (p: number): string => `default/web-${p}`;
const two = fc.nat({ max: 1 });
const ofPods = new Set(['add', 'end', 'planPod', 'recycle']);
const acts = (weight: number, ...names: readonly string[]) => ({
  weight,
  arbitrary: fc.record({ do: fc.constantFrom(...names), n: two, p: two }),
});
const step = fc.oneof(
  acts(4, 'agentSees', 'agentWrites', 'controllerSees', 'planNode', 'sweep'),
  acts(6, 'add', 'planPod'),
  acts(4, 'move', 'flee'),
  acts(1, 'recycle', 'settle', 'end'),
);

describe('addresses that move with their Pods', () => {
  it('are given by one agent at a time, to one Pod, whoever sees what and when', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const world = new World();
        for (const p of [0, 1]) world.start(p, 0);
        world.settle();
        for (const p of [0, 1]) world.add(p);
        world.settle();
        for (const { do: what, n, p } of steps) {
          if (what === 'move' || what === 'flee') world[what](p, n);
          else if (what === 'settle') world.settle();
          else if (ofPods.has(what)) world[what as 'add'](p);
          else world[what as 'agentSees'](n);
          world.check();
        }
        for (const n of [0, 1]) world.sweep(n);
        world.settle();
        for (const [p, { node }] of world.pods.entries()) {
          if (node === undefined) continue;
          const own = world.records.get(nameOf(p))?.addresses[0];
          world.end(p);
          world.start(p, node);
          world.settle();
          world.add(p);
          expect(world.pods[p]?.address, 'a Pod that comes back has its own address').toBe(own);
        }
      }),
      { numRuns: 100 },
    );
  });
});
