import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { wrap } from '../../store/wrap.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Daemon } from '../daemon.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { tethered } from './tether.ts';
import { pool, TestClock } from './world.ts';

export const both = ['office', 'office6'];

/** Pods by name: `web-…` are of a StatefulSet, `api-…` of a ReplicaSet, others of nobody. */
class Facts implements PodFactsSource {
  /** Those that their StatefulSet has left (kubectl delete --cascade=orphan). */
  readonly orphans = new Set<string>();
  /** Annotations of each Namespace. */
  readonly namespaces: Record<string, Readonly<Record<string, string>>> = {};

  async podOf({ name, uid }: PodRef): Promise<PodFacts['pod']> {
    const [owner = '', ordinal] = name.split('-');
    const of = { uid, labels: {}, annotations: {} };
    if (ordinal === undefined || this.orphans.has(name)) return of;
    const kind = owner === 'api' ? 'ReplicaSet' : 'StatefulSet';
    return { ...of, controller: { apiVersion: 'apps/v1', kind, name: owner, uid: `uid-${owner}` } };
  }

  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await this.podOf(pod), namespace: await this.namespaceOf(pod.namespace), node: { labels: {} } };
  }

  async namespaceOf(name: string): Promise<PodFacts['namespace']> {
    return { labels: {}, annotations: this.namespaces[name] ?? {} };
  }
}

/** Waits of less than a second pass once what is under way has gone on; longer ones last. */
class ShortWaitsClock extends TestClock {
  override async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms >= 1_000) return super.pause(ms, signal);
    await events();
    this.advance(ms);
  }
}

/** Daemons of several nodes over one store, which counts what is written. */
export class Cluster {
  readonly clock = new ShortWaitsClock();
  readonly facts = new Facts();
  /** Do daemons that begin now know of Pods? */
  knowsPods = true;
  readonly netns = new Set<string>();
  readonly journals = new Map<string, MemoryJournal>();
  readonly store: MemoryStore;
  writes = 0;
  #uids = 0;

  constructor() {
    this.store = new MemoryStore({ now: () => this.clock.now(), newUid: () => `uid-${++this.#uids}` });
    for (const verb of ['create', 'update', 'delete'] as const) {
      const write = this.store[verb].bind(this.store) as (...input: never[]) => Promise<never>;
      Object.assign(this.store, {
        [verb]: (...input: never[]) => {
          this.writes += 1;
          return write(...input);
        },
      });
    }
  }

  async node(name: string, options: Partial<DaemonOptions> = {}, store: Store = this.store): Promise<Node> {
    const journal = this.journals.get(name) ?? new MemoryJournal();
    this.journals.set(name, journal);
    const tether = tethered(store);
    const daemon = new Daemon({
      node: name,
      store: tether.store,
      journal,
      clock: this.clock,
      log: silentLog,
      cooldownMs: 30_000,
      preleaseThreshold: 0.2,
      maintenanceIntervalMs: 1_000,
      isShared: true,
      clusterCidrs: [],
      blockSizes: { 4: 28, 6: 120 },
      ...(this.knowsPods ? { podFacts: this.facts } : {}),
      hasNetns: (path) => this.netns.has(path),
      ...options,
    });
    await daemon.start();
    return new Node(daemon, tether.cut);
  }

  /** Updates are carried out from now on, and nobody hears of it. @returns ends that */
  loseAnswersToUpdates(): () => void {
    const update = this.store.update.bind(this.store);
    this.store.update = async (resource) => {
      await update(resource);
      throw new IpamError('store-unavailable', 'the answer was lost');
    };
    return () => {
      this.store.update = update;
    };
  }

  async claims(): Promise<readonly string[]> {
    const { items } = await this.store.list<Claim>(claimKind);
    return items
      .map(({ spec }) => `${spec.address} ${spec.parkedAt === undefined ? spec.containerId : 'parked'}`)
      .sort();
  }

  async claim(address: string) {
    const found = await this.store.get<Claim>({ kind: claimKind, name: address });
    if (found === undefined) throw new Error(`nobody claims ${address}`);
    return found;
  }
}

export class Node {
  readonly daemon: Daemon;
  /** The machine is gone. */
  readonly die: () => void;

  constructor(daemon: Daemon, die: () => void) {
    this.daemon = daemon;
    this.die = die;
  }

  async add(
    podName: string,
    containerId: string,
    pools: readonly string[] = ['office'],
    ifname = 'eth0',
  ): Promise<string[]> {
    const { addresses } = await this.daemon.ipam.allocate({
      attachment: { network: 'net', containerId, ifname },
      pod: { namespace: 'shop', name: podName, uid: `uid-of-${containerId}` },
      netns: `/run/netns/${containerId}`,
      source: { kind: 'named', pools },
      families: [],
      requested: [],
    });
    await events();
    return addresses.map(({ address }) => address);
  }

  async del(containerId: string, ifname = 'eth0'): Promise<void> {
    await this.daemon.ipam.release({ network: 'net', containerId, ifname });
    await events();
  }

  check() {
    return this.daemon.administration.check();
  }
}

export const events = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function cluster(): Promise<{ readonly c: Cluster; readonly one: Node; readonly two: Node }> {
  const c = new Cluster();
  const [one, two] = [await c.node('node1'), await c.node('node2')];
  await one.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24' }));
  await one.daemon.resources.apply(pool('office6', { subnet: 'fd05::/120' }));
  await one.daemon.resources.apply(pool('lab', { subnet: '10.6.0.0/24' }));
  await events();
  c.writes = 0;
  return { c, one, two };
}

/** A store whose events are held up while its user is deaf. */
export function deafened(store: Store): { readonly store: Store; isDeaf: boolean } {
  const ears = {
    isDeaf: false,
    store: wrap(store, (inner) => ({
      async *watch(kind, fromVersion, signal) {
        for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
          while (ears.isDeaf) await events();
          yield event;
        }
      },
    })),
  };
  return ears;
}
