import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Tally } from '../ha/tally.ts';
import { distribution } from '../kit/distribution.ts';
import { Random } from '../kit/random.ts';
import { waitFor } from '../kit/wait.ts';
import { Churn } from './churn.ts';
import { interfacesOf } from './live-interfaces.ts';
import { Lookout, type Seen } from './lookout.ts';
import { hasCondition, type Pod } from './pod.ts';
import type { Underlay } from './underlay.ts';
import { workload } from './workload.ts';

export interface KeepCampaignOptions {
  readonly underlay: Underlay;
  /** Of the StatefulSet; more than 3. */
  readonly replicas: number;
  readonly seconds: number;
  readonly seed: number;
  /** Of all Pods, those that churn too. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Addresses that each Pod has. */
  readonly each: number;
  /** Last parts of the first and the last IPv4 address of the pool. */
  readonly range: readonly [number, number];
  readonly say: (line: string) => void;
}

export interface KeepReport extends Seen {
  readonly replicas: number;
  readonly actions: Tally;
  /** From the beginning of each action until all Pods were there again, milliseconds. */
  readonly tookMs: readonly number[];
  readonly churned: number;
}

type ActionName = keyof typeof actions;

const name = 'keep';
const selector = `app=${name}`;
const churning = 6;
/** How long it takes at most until all Pods are there again, milliseconds: a node that is deleted takes its time. */
const wholeMs = 400_000;
const lookMs = 300;

/** What every run begins with, however short it is; then they come by the seed. */
const first: readonly ActionName[] = ['scale', 'forget', 'restart', 'move', 'reboot', 'kill'];

interface World {
  readonly underlay: Underlay;
  readonly replicas: number;
  readonly random: Random;
}

/**
 * A node loses its power, its Node object is deleted, and its Pods by force.
 * @returns what brings it back, when all Pods are on the other one
 */
async function lose({ underlay, random }: World, how: 'forgotten' | 'deleted'): Promise<() => Promise<void>> {
  const { cluster } = underlay;
  const node = random.pick(cluster.nodes);
  await node.powerOff();
  await cluster.kubectl('delete', 'node', node.name);
  const pods = (await underlay.pods()).filter(({ spec }) => spec.nodeName === node.name);
  const names = pods.map(({ metadata }) => metadata.name);
  if (names.length > 0)
    await cluster.controlPlane.tryKubectl('delete', 'pod', ...names, '--force', '--grace-period=0', '--wait=false');
  const other = underlay.daemons.find((daemon) => daemon.node !== node);
  if (how === 'forgotten') await other?.cli('forget', node.name);
  return async () => {
    await node.powerOn();
    await underlay.daemon(node.name).process.start();
    await cluster.nodeReady(node.name);
  };
}

/** What may happen to a StatefulSet whose Pods' addresses stay, one thing at a time. */
const actions = {
  /** All of its Pods are deleted at once. */
  restart: async ({ underlay }: World): Promise<void> => {
    await underlay.cluster.kubectl('delete', 'pod', '-l', selector, '--wait=false');
  },

  /** Some Pods have to go to the other node. */
  move: async ({ underlay, random }: World): Promise<() => Promise<void>> => {
    const node = random.pick(underlay.cluster.nodes).name;
    await underlay.cluster.kubectl('cordon', node);
    const there = (await underlay.pods(selector)).filter(({ spec }) => spec.nodeName === node);
    const moved = there.slice(0, 6).map(({ metadata }) => metadata.name);
    if (moved.length > 0) await underlay.cluster.kubectl('delete', 'pod', ...moved, '--wait=false');
    return async () => void (await underlay.cluster.kubectl('uncordon', node));
  },

  /** To 3, and all again, before the grace is over. */
  scale: async ({ underlay, replicas, random }: World): Promise<void> => {
    const scaled = (count: number) => underlay.cluster.kubectl('scale', `statefulset/${name}`, `--replicas=${count}`);
    await scaled(3);
    await pause(random.below(3_000));
    await scaled(replicas);
  },

  /** A node loses its power and comes back. */
  reboot: async ({ underlay, random }: World): Promise<void> => {
    const node = random.pick(underlay.cluster.nodes);
    await node.powerOff();
    await pause(random.below(5_000));
    await node.powerOn();
    await underlay.daemon(node.name).process.start();
  },

  /** A node is lost, and an operator says so to the daemon of the other one. */
  forget: (world: World) => lose(world, 'forgotten'),

  /** A node is lost, and the controller sees that there is no Node object: of claims that are younger it waits for five minutes to be over. */
  lose: (world: World) => lose(world, 'deleted'),

  /** A daemon is killed while some Pods of its node are made anew. */
  kill: async ({ underlay, random }: World): Promise<void> => {
    const { node, process } = random.pick(underlay.daemons);
    const there = (await underlay.pods(selector)).filter(({ spec }) => spec.nodeName === node.name);
    const names = there.slice(0, 4).map(({ metadata }) => metadata.name);
    await process.crash();
    if (names.length > 0) await underlay.cluster.kubectl('delete', 'pod', ...names, '--wait=false');
    await pause(random.below(3_000));
    await process.start();
  },
} satisfies Readonly<Record<string, (world: World) => Promise<(() => Promise<void>) | void>>>;

const all = Object.keys(actions) as readonly ActionName[];

/**
 * A StatefulSet is restarted, moved, scaled down and up, and loses its nodes, while other Pods of the same pool come and
 * go. After each thing that happens all its Pods must be there again, each with the addresses that it had at first.
 */
export async function keepCampaign(options: KeepCampaignOptions): Promise<KeepReport> {
  const { underlay, replicas, seconds, seed, annotations, each, range, say } = options;
  const world: World = { underlay, replicas, random: new Random(seed) };
  await underlay.cluster.apply(workload('StatefulSet', { name, replicas, annotations }));
  await underlay.podsReady(selector, replicas, 'default', wholeMs);
  const expected = await addressesByName(underlay);
  const short = [...expected].filter(([, addresses]) => addresses.length !== each);
  if (short.length > 0) throw new Error(`not of ${each} addresses: ${JSON.stringify(short)}`);
  const churn = new Churn(underlay, new Random(seed + 1));
  await churn.start(churning, annotations);
  const lookout = new Lookout(underlay, selector, expected, range);
  await lookout.start();
  const done = new Tally();
  const tookMs: number[] = [];
  const until = Date.now() + seconds * 1_000;
  let seen: Seen;
  try {
    while (Date.now() < until) {
      const action = first[done.total] ?? world.random.pick(all);
      const began = Date.now();
      const after = await actions[action](world);
      done.add(action);
      await whole(underlay, expected);
      tookMs.push(Date.now() - began);
      say(
        `${done.total}. ${action}: all ${replicas} are there again after ${((Date.now() - began) / 1_000).toFixed(1)} s`,
      );
      await after?.();
    }
  } finally {
    await churn.stop();
    seen = await lookout.stop();
  }
  // The claims, the daemons' records and the kernels agree, and what churned is gone.
  await underlay.settled(replicas * each);
  const problems = [...seen.problems];
  if (!isDeepStrictEqual(await addressesByName(underlay), expected))
    problems.push('the claims are others than at first');
  return { ...seen, replicas, problems, actions: done, tookMs, churned: churn.deleted };
}

export function keepReport(report: KeepReport): string {
  const { replicas, actions: done, tookMs, heard, looks, pods, churned, problems } = report;
  const took = distribution(tookMs.map((ms) => ms / 1_000));
  return [
    `${done.total} times (${done}) all ${replicas} Pods were there again, after so many seconds: ${took}`,
    `${pods} Pods of the StatefulSet were seen and ${churned} others deleted; ${heard.rounds} rounds of ARP with ${heard.answers} answers, ${heard.twice.length} of them twice; ${looks} looks into every namespace`,
    `${problems.length} problems`,
    ...problems,
  ].join('\n');
}

/** All Pods are ready, and the interfaces on their nodes have their addresses: after a power cut Pods look ready that are not there. */
async function whole(underlay: Underlay, expected: ReadonlyMap<string, readonly string[]>): Promise<void> {
  let missing: readonly string[] = [];
  const isWhole = async (): Promise<true | undefined> => {
    const [pods, live] = await Promise.all([
      underlay.pods(selector),
      Promise.all(underlay.cluster.nodes.map(interfacesOf)),
    ]);
    const has = new Set(live.flat().map(({ node, address }) => `${node} ${address}`));
    const isThere = (pod: Pod): boolean =>
      hasCondition(pod, 'Ready') &&
      (expected.get(pod.metadata.name) ?? []).every((address) => has.has(`${pod.spec.nodeName} ${address}`));
    const there = new Set(pods.filter(isThere).map(({ metadata }) => metadata.name));
    missing = [...expected.keys()].filter((one) => !there.has(one));
    return missing.length === 0 || undefined;
  };
  await waitFor('all Pods to be there again', isWhole, wholeMs, lookMs).catch(async (error: unknown) => {
    const logs = underlay.daemons.map(({ node, process }) => `${node.name}:\n${process.log.slice(-6_000)}`);
    const wide = await underlay.cluster.kubectl('get', 'pods,nodes', '-o', 'wide');
    const events = await underlay.cluster.events();
    throw new Error(`${error}: ${missing.join(', ')}\n${wide}\n${events.slice(-8_000)}\n${logs.join('\n')}`);
  });
}

async function addressesByName(underlay: Underlay): Promise<ReadonlyMap<string, readonly string[]>> {
  const claims = (await underlay.claims()).filter(({ spec }) => spec.podName?.startsWith(`${name}-`));
  const byName = Map.groupBy(claims, ({ spec }) => spec.podName ?? '');
  return new Map([...byName].sort().map(([pod, those]) => [pod, those.map(({ spec }) => spec.address).sort()]));
}
