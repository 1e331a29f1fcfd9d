import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../kit/random.ts';
import { allSeen, audit } from './audit.ts';
import type { Contention } from './contention.ts';
import { ContentionClient } from './contention-client.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Ground, sharedPool } from './ground.ts';
import { blocks as blockHolding, claimsOf, Holdings } from './holdings.ts';
import { linearizability, type Verdict } from './linearizability.ts';
import { Load } from './load.ts';
import type { Outage } from './outage.ts';
import { Pods } from './pods.ts';
import type { Tally } from './tally.ts';

export interface FaultRunOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly onFault?: (kind: FaultKind, so: FaultRunReport) => void;
}

export interface FaultRunReport {
  readonly seed: number;
  readonly faults: Tally;
  readonly outages: readonly Outage[];
  readonly audits: number;
  readonly blocks: Holdings;
  readonly claims: Holdings;
  readonly pods: { readonly calls: Readonly<Record<'ADD' | 'DEL' | 'CHECK', number>>; readonly refused: Tally };
  readonly contention: Contention;
  /** Undefined until the end. */
  readonly verdict: Verdict | undefined;
  readonly problems: readonly string[];
}

/** Between two comparisons, milliseconds. */
const gustMs = 60_000;
const longestCalmMs = 1_500;
const contention = { clients: 3, blocks: 5, pauseMs: 25, generationMs: 10_000 };
const logShown = 6_000;

/**
 * Three members and two agents on five machines, all under load, while leaders are killed, machines cut off, disks
 * wiped and processes stopped, one thing at a time. In between, and in the end, everything must agree.
 */
export async function faultRun({ seconds, seed, onFault }: FaultRunOptions): Promise<FaultRunReport> {
  const problems: string[] = [];
  const problem = (text: string): void => void problems.push(text);
  const pods = new Pods(seed, problem);
  const ground = new Ground(pods.fleetOf);
  const blocks = new Holdings(blockHolding, problem);
  const claims = new Holdings(claimsOf(sharedPool), problem);
  const load = new Load({ ground, blocks, claims, seed });
  const random = new Random(seed);
  const faults = new Faults({
    ground,
    random,
    onProbes: (probes) => blocks.doubt(probes),
    onWipe: async (node) => {
      await load.stop(node);
      claims.forget(node);
      return () => load.start(node);
    },
  });
  let audits = 0;
  let clients: ContentionClient | undefined;
  let fought: Contention = { done: 0, refused: 0, unanswered: 0 };
  let verdict: Verdict | undefined;
  const report = (): FaultRunReport => ({
    seed,
    faults: faults.counts,
    outages: faults.outages,
    audits,
    blocks,
    claims,
    pods: { calls: callsOf(ground), refused: pods.refused },
    contention: fought,
    verdict,
    problems,
  });

  async function settleAndCompare(): Promise<void> {
    await load.stop(...ground.nodes);
    await ground.whole();
    await pods.asked();
    for (const { fleet } of ground.nodes) await fleet.settle();
    await allSeen(ground);
    await blocks.settle();
    await claims.settle();
    for (const text of await audit({ ground, blocks, claims })) problem(`audit ${audits + 1}: ${text}`);
    audits += 1;
  }

  async function gust(until: number): Promise<void> {
    load.start(...ground.nodes);
    while (performance.now() < until && problems.length === 0) {
      await pause(random.below(longestCalmMs));
      const kind = await faults.strike();
      onFault?.(kind, report());
    }
    await settleAndCompare();
  }

  /** All goes back: nothing may be left anywhere. */
  async function clear(): Promise<void> {
    for (const { fleet } of ground.nodes) for (const container of fleet.containers) await fleet.call(container, 'DEL');
    await blocks.clear();
    await claims.clear();
    for (const text of await audit({ ground, blocks, claims })) problem(`after everything was given back: ${text}`);
    for (const { name, client } of ground.nodes) {
      const { allocations } = await client.call('ListAllocations', { limit: 10_000, local: true });
      for (const { container_id } of allocations)
        problem(`${name} still has an allocation of ${container_id} on record`);
    }
  }

  try {
    await ground.open();
    const servers = ground.members.map(({ machine }) => `${machine.address}:7000`);
    clients = new ContentionClient(ground.clients, { ...contention, seed, servers });
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end && problems.length === 0) await gust(Math.min(end, performance.now() + gustMs));
    const { history, ...tally } = await clients.stop();
    fought = tally;
    verdict = linearizability(history);
    if (verdict.type === 'broken') problem(`no order explains what was done to ${verdict.key}`);
    if (problems.length === 0) await clear();
  } catch (error) {
    problem((error as Error).stack ?? String(error));
  } finally {
    clients?.kill();
    await load.stop(...ground.nodes).catch((error: Error) => problem(error.message));
    if (problems.length > 0) for (const text of logsOf(ground)) problem(text);
    await ground.close();
  }
  return report();
}

function callsOf({ nodes }: Ground) {
  const sum = (verb: 'ADD' | 'DEL' | 'CHECK'): number =>
    nodes.reduce((total, { fleet }) => total + fleet.calls[verb], 0);
  return { ADD: sum('ADD'), DEL: sum('DEL'), CHECK: sum('CHECK') };
}

function logsOf({ nodes }: Ground): readonly string[] {
  return nodes
    .filter(({ machine }) => machine.daemon.pid !== 0)
    .map(({ name, machine }) => `the end of the log of ${name}:\n${machine.daemon.log.slice(-logShown)}`);
}
