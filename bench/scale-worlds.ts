import { setTimeout as pause } from 'node:timers/promises';
import { OccupancyPublisher } from '../src/controller/occupancy-publisher.ts';
import { ClusterState } from '../src/controller/state.ts';
import { Daemon } from '../src/daemon/daemon.ts';
import { MemoryJournal } from '../src/daemon/journal/memory-journal.ts';
import { formatAddress } from '../src/ip/address.ts';
import type { PoolSource } from '../src/ipam/request.ts';
import { systemClock } from '../src/platform/clock.ts';
import { occupancyKind, publishedMark } from '../src/resources/occupancy.ts';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../src/resources/pool.ts';
import { MemoryStore } from '../src/store/memory/memory-store.ts';
import type { Store } from '../src/store/store.ts';
import { aroundRequests, wrap } from '../src/store/wrap.ts';
import { silentLog } from '../src/telemetry/log.ts';
import { counting, StoreCounts } from './counting-store.ts';

/** Real daemons over one store in memory: what they ask of it is counted, not how fast it is. */
async function cluster(spec: PoolSpec): Promise<{ store: Store; counts: StoreCounts; source: PoolSource }> {
  const counts = new StoreCounts();
  const memory = new MemoryStore({ now: Date.now, newUid: newUid(), keptChanges: 1_000_000 });
  const store = wrap(memory, counting(counts));
  const metadata = { name: 'pool' };
  await store.create({ apiVersion: spiderpoolVersion, kind: poolKind, metadata, spec });
  return { store, counts, source: { kind: 'named', pools: ['pool'] } };
}

function newUid(): () => string {
  let last = 0;
  return () => `u${++last}`;
}

function daemonOf(node: string, store: Store, knowsOnlyOwnClaims = false): Daemon {
  return new Daemon({
    node,
    store,
    journal: new MemoryJournal(),
    clock: systemClock,
    log: silentLog,
    cooldownMs: 30_000,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 3_600_000,
    isShared: true,
    knowsOnlyOwnClaims,
    clusterCidrs: [],
    blockSizes: { 4: 24, 6: 120 },
  });
}

async function allocate(daemon: Daemon, node: string, source: PoolSource, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    const attachment = { network: 'net', containerId: `${node}-${index}`, ifname: 'eth0' };
    await daemon.ipam.allocate({ attachment, netns: '', source, families: [], requested: [] });
  }
}

/**
 * A routed cluster: every node leases a /24 and gives out addresses. The nodes live one after the other, since one
 * machine cannot hold all their pictures of each other at once; the store holds all their blocks.
 */
export async function routedCluster(nodes: number, addresses: number) {
  const { store, counts, source } = await cluster({ subnet: '10.0.0.0/8', blockSize: 24 });
  for (let index = 0; index < nodes; index += 1) {
    const node = `node-${index}`;
    const daemon = daemonOf(node, store);
    await daemon.start();
    await allocate(daemon, node, source, 0, addresses);
    await daemon.stop();
  }
  const { operations, bytesWritten } = counts;
  const started = performance.now();
  const last = daemonOf('one-more', store);
  await last.start();
  const startMs = performance.now() - started;
  const row = {
    nodes,
    addresses: nodes * addresses,
    storeOperationsPerAddress: operations / (nodes * addresses),
    storeBytesPerAddress: bytesWritten / (nodes * addresses),
    startMs,
    listBytes: counts.listBytes.get('IPBlock') ?? 0,
  };
  await last.stop();
  return row;
}

/** Daemons that all run: what one lease makes the store send, and until when every daemon has heard of it. */
export async function watchFanOut(nodes: number) {
  const { store, counts, source } = await cluster({ subnet: '10.0.0.0/8', blockSize: 24 });
  const daemons = Array.from({ length: nodes }, (_, index) => daemonOf(`node-${index}`, store));
  for (const daemon of daemons) await daemon.start();
  const before = { ...counts };
  const started = performance.now();
  await allocate(daemons[0] as Daemon, 'node-0', source, 0, 1);
  while (counts.events - before.events < nodes) await new Promise(setImmediate);
  const heardMs = performance.now() - started;
  const after = { ...counts };
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  return {
    nodes,
    events: after.events - before.events,
    eventBytes: after.eventBytes - before.eventBytes,
    heardMs,
  };
}

/** One shared pool, and every node asks for addresses at the same moment. */
export async function sharedPool(nodes: number, addresses: number) {
  const { store, counts, source } = await cluster({ subnet: '10.0.0.0/16', gateway: '10.0.0.1' });
  const daemons = Array.from({ length: nodes }, (_, index) => daemonOf(`node-${index}`, store));
  for (const daemon of daemons) await daemon.start();
  const before = { ...counts };
  await Promise.all(daemons.map((daemon, index) => allocate(daemon, `node-${index}`, source, 0, addresses)));
  const after = { ...counts };
  const held = nodes * addresses;
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  return {
    nodes,
    addresses: held,
    createsPerAddress: (after.creates - before.creates) / held,
    storeOperationsPerAddress: (after.operations - before.operations) / held,
    storeBytesPerAddress: (after.bytesWritten - before.bytesWritten) / held,
  };
}

/** An answer of a store takes some milliseconds, and so does an event: how often daemons reach for the same depends on it. */
const answerMs = 3;
const eventMs = 10;

function slow(inner: Store): Partial<Store> {
  const requests = aroundRequests(async (_, make) => {
    await pause(answerMs * Math.random() * 2);
    return make();
  });
  return {
    ...requests(inner),
    async *watch(kind, fromVersion, signal) {
      let woke = 0;
      for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
        // What comes meanwhile comes with it.
        if (performance.now() - woke > eventMs) await pause(eventMs);
        woke = performance.now();
        yield event;
      }
    },
  };
}

/**
 * A shared pool that is given to the last address by nodes with 16 calls in flight each, which follow all claims, or their own beside a
 * controller that publishes what is taken.
 */
export async function fullPool(nodes: number, size: number, claims: 'all' | 'own') {
  const first = 10 * 2 ** 24;
  const ips = [`10.0.0.2-${formatAddress({ family: 4, value: BigInt(first + 1 + size) })}`];
  const { store: memory, counts, source } = await cluster({ subnet: '10.0.0.0/16', gateway: '10.0.0.1', ips });
  const stop = new AbortController();
  if (claims === 'own') {
    const state = new ClusterState({ store: memory, log: silentLog, clock: systemClock });
    await state.start(stop.signal);
    const publisher = new OccupancyPublisher({ state, store: memory, clock: systemClock, log: silentLog });
    void publisher.run(stop.signal);
    while ((await memory.get({ kind: occupancyKind, name: publishedMark })) === undefined) await pause(100);
  }
  const seen = new StoreCounts();
  const daemons = Array.from({ length: nodes }, (_, index) =>
    daemonOf(`node-${index}`, wrap(memory, slow, counting(seen)), claims === 'own'),
  );
  for (const daemon of daemons) await daemon.start();
  const before = { ...seen };
  const started = performance.now();
  let next = 0;
  const call = async (daemon: Daemon, node: string): Promise<void> => {
    while (next < size) {
      const index = next++;
      await allocate(daemon, node, source, index, 1);
    }
  };
  await Promise.all(
    daemons.flatMap((daemon, index) => Array.from({ length: inFlight }, () => call(daemon, `node-${index}`))),
  );
  const ms = performance.now() - started;
  const after = { ...seen };
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  stop.abort();
  return {
    nodes,
    addresses: size,
    refusedPerAddress: (after.refused - before.refused) / size,
    getsPerAddress: (after.gets - before.gets) / size,
    listsPerAddress: (after.lists - before.lists) / size,
    eventsPerAddress: (after.events - before.events) / size,
    ms,
    published: counts.operations,
  };
}

const inFlight = 16;
