import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { labelled } from '../../ipam/claim/claim-labels.ts';
import { OccupancyPages } from '../../ipam/claim/occupancy-pages.ts';
import { type Claim, claimKind, newClaim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { newOccupancy, occupancyKind, publishedMark } from '../../resources/occupancy.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import type { Store } from '../../store/store.ts';
import { wrap } from '../../store/wrap.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { Cluster, events, type Node } from '../testing/cluster.ts';
import { launchers } from '../testing/launchers.ts';
import { pool, TestClock } from '../testing/world.ts';

const own = { knowsOnlyOwnClaims: true } as const;

/** Pauses end when their time has come. */
class PassingClock extends TestClock {
  readonly #waiting = new Set<{ readonly at: number; readonly wake: () => void }>();

  override pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = { at: this.now() + ms, wake: resolve };
      this.#waiting.add(waiting);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  }

  override advance(ms: number): void {
    super.advance(ms);
    for (const waiting of this.#waiting) {
      if (waiting.at > this.now()) continue;
      this.#waiting.delete(waiting);
      waiting.wake();
    }
  }
}

/** Daemons that know their own claims only, and what of the rest is published, when a test says so. */
class OwnCluster extends Cluster {
  override readonly clock = new PassingClock();
  /** Kinds that daemons watch. */
  readonly watched: string[] = [];

  static async open(spec: object): Promise<OwnCluster> {
    const c = new OwnCluster();
    await c.store.create(pool('office', spec));
    await c.store.create(newOccupancy({ family: 4, value: 0n }, '', { asOf: '0' }));
    return c;
  }

  start(
    name: string,
    around: (store: Store) => Store = (store) => store,
    options: Partial<DaemonOptions> = {},
  ): Promise<Node> {
    const counted = wrap(this.store, (inner) => ({
      watch: (kind, from, signal) => {
        this.watched.push(kind);
        return inner.watch(kind, from, signal);
      },
    }));
    return this.node(name, { ...own, ...options }, around(counted));
  }

  /** As the controller publishes it. */
  async publish(): Promise<void> {
    const pages = new OccupancyPages();
    for (const claim of (await this.store.list<Claim>(claimKind)).items) pages.claimed(claim);
    for (const { metadata } of (await this.store.list(occupancyKind)).items)
      if (metadata.name !== publishedMark)
        await this.store.delete({ kind: occupancyKind, name: metadata.name }, undefined);
    for (const name of pages.take(1_000))
      await this.store.create(pages.page(name) as NonNullable<ReturnType<OccupancyPages['page']>>);
  }

  /** Lets what waits for a time come to it. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (let turn = 0; turn < 30; turn += 1) await events();
  }
}

describe('a daemon that knows its own claims only', () => {
  it('watches no claims, and gives a pool to the last address beside another', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/26', gateway: '10.5.0.1' });
    const nodes = [await c.start('node1'), await c.start('node2')];
    const given: string[] = [];
    for (let n = 0; n < 61; n += 1) {
      if (n % 10 === 0) await c.publish();
      await c.pass(100);
      given.push(...((await nodes[n % 2]?.add(`api-${n}`, `c${n}`)) ?? []));
    }
    expect(new Set(given).size).toBe(61);
    expect(await codeOf((nodes[0] as Node).add('api-x', 'cx'))).toBe('pool-exhausted');
    expect(c.watched).not.toContain(claimKind);
    for (const node of nodes) expect(await node.check()).toEqual([]);
  });

  it('finds the last free address of a pool whose pages say that it is full', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/29', gateway: '10.5.0.1' });
    const [one, two] = [await c.start('node1'), await c.start('node2')];
    for (let n = 0; n < 5; n += 1) await one.add(`api-${n}`, `c${n}`);
    await c.publish();
    await one.del('c3');
    expect(await two.add('api-5', 'c5')).toHaveLength(1);
  });

  it('watches all claims where nothing is published', async () => {
    const c = new OwnCluster();
    await c.store.create(pool('office', { subnet: '10.5.0.0/24' }));
    const one = await c.start('node1');
    expect(await one.add('api-1', 'c1')).toHaveLength(1);
    expect(c.watched).toContain(claimKind);
  });

  it('has its claims again after a restart, and takes back what a crash left', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const one = await c.start('node1');
    const given = await one.add('api-1', 'c1');
    one.die();
    const left = {
      address: '10.5.0.200',
      pool: 'office',
      node: 'node1',
      daemon: 'node1',
      network: 'net',
      ifname: 'eth0',
    };
    await c.store.create(labelled(newClaim({ ...left, containerId: 'crashed' })));
    const again = await c.start('node1');
    expect(await again.check()).toEqual([]);
    await c.pass(7 * 60_000);
    await again.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    await again.del('c1');
    expect(await c.claims()).toEqual([]);
  });

  it('takes a claim again that a hand has deleted, when a page says that it is gone', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const one = await c.start('node1');
    const [address = ''] = await one.add('api-1', 'c1');
    await one.add('api-2', 'c2');
    await c.store.delete({ kind: claimKind, name: address }, undefined);
    await c.publish();
    await c.pass(2_000);
    await one.add('api-3', 'c3');
    for (let turn = 0; turn < 30; turn += 1) await events();
    expect((await c.claim(address)).spec.containerId).toBe('c1');
  });

  it('releases a claim that a hand has written to', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const one = await c.start('node1');
    const [address = ''] = await one.add('api-1', 'c1');
    const claim = await c.claim(address);
    await c.store.update({ ...claim, metadata: { ...claim.metadata, annotations: { note: 'seen' } } });
    await one.del('c1');
    expect(await c.claims()).toEqual([]);
  });

  it('finds what a call without an answer has made', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    let isDeaf = false;
    const one = await c.start('node1', (store) =>
      wrap(store, (inner) => ({
        create: async (resource, uid) => {
          const created = await inner.create(resource, uid);
          if (isDeaf && resource.kind === claimKind) throw new IpamError('store-unavailable', 'the answer was lost');
          return created;
        },
      })),
    );
    isDeaf = true;
    expect(await codeOf(one.add('api-1', 'c1'))).toBe('store-unavailable');
    expect(await c.claims()).toHaveLength(1);
    isDeaf = false;
    await one.del('c1');
    await c.pass(11_000);
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([]);
  });

  it('lists its claims out of the store’s memory, as far as that has shown them, and with proof once watches were interrupted', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const asked: (string | undefined)[] = [];
    let drop = (): void => {};
    const one = await c.start('node1', (store) =>
      wrap(store, (inner) => ({
        list: (kind, selection) => {
          if (kind === claimKind && selection !== undefined) asked.push(selection.atLeast);
          return inner.list(kind, selection);
        },
        async *watch(kind, from, signal) {
          const dropped = new AbortController();
          if (kind === 'SpiderIPPool') drop = () => dropped.abort();
          yield* inner.watch<never>(kind, from, AbortSignal.any([signal, dropped.signal]));
          if (dropped.signal.aborted) throw new IpamError('store-unavailable', 'the watch was dropped');
        },
      })),
    );
    expect(asked[0]).toBe('0');
    const [address = ''] = await one.add('api-1', 'c1');
    // A crash may have left what is heard of late.
    await c.pass(10_000);
    expect(asked.at(-1)).toBe((await c.claim(address)).metadata.resourceVersion);
    expect(asked).not.toContain(undefined);
    drop();
    await c.pass(1_000);
    expect(asked).toContain(undefined);
  });

  it('does not take up again what it has released, when a list has heard late of it', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    let late: unknown;
    const one = await c.start('node1', (store) =>
      wrap(store, (inner) => ({
        list: async (kind, selection) =>
          kind === claimKind && selection?.atLeast !== undefined && late !== undefined
            ? (late as never)
            : inner.list<never>(kind, selection),
      })),
    );
    await one.add('api-1', 'c1');
    late = await c.store.list(claimKind);
    await one.del('c1');
    await c.pass(10_000);
    expect(await c.claims()).toEqual([]);
    expect(await one.check()).toEqual([]);
  });

  it('does not think a claim forgotten that the target of a live migration has taken over, and takes it back when that gives up', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const start = (name: string): Promise<Node> => c.start(name, undefined, { podFacts: launchers });
    const [one, two] = [await start('node1'), await start('node2')];
    const given = await one.add('virt-launcher-vm-abcde', 'c1');
    expect(await two.add('virt-launcher-vm-target-fghij', 'c2')).toEqual(given);
    // Longer than from one list of its own claims to the next.
    await c.pass(660_000);
    await one.daemon.maintenance.round();
    expect([await one.check(), await two.check()]).toEqual([[], []]);
    await two.del('c2');
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('lets go of a claim that the target of a live migration had taken over and has given back, when the store refuses to change it', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const start = (name: string): Promise<Node> => c.start(name, undefined, { podFacts: launchers });
    const [one, two] = [await start('node1'), await start('node2')];
    // After the lists of a start: the next comes in ten minutes.
    await c.pass(100_000);
    const given = await one.add('virt-launcher-vm-abcde', 'c1');
    await two.add('virt-launcher-vm-target-fghij', 'c2');
    await two.del('c2');
    await one.del('c1');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    await c.pass(400_000);
    await one.daemon.maintenance.round();
    c.writes = 0;
    await one.daemon.maintenance.round();
    expect([c.writes, await one.check()]).toEqual([0, []]);
  });

  it('keeps the address of a StatefulSet’s Pod on its way between nodes', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const [one, two] = [await c.start('node1'), await c.start('node2')];
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    expect(await two.add('web-0', 'c2')).toEqual(given);
    await two.del('c2');
    expect(await one.add('web-0', 'c3')).toEqual(given);
    const refused = codeOf(two.add('web-0', 'c4'));
    // It waits for the DEL of c3, and asks the store meanwhile.
    for (let waited = 0; waited <= 4_000; waited += 500) await c.pass(500);
    expect(await refused).toBe('not-ready');
    const adding = two.add('web-0', 'c4');
    await c.pass(500);
    await one.del('c3');
    for (let waited = 0; waited <= 1_000; waited += 500) await c.pass(500);
    expect(await adding).toEqual(given);
    for (const node of [one, two]) expect(await node.check()).toEqual([]);
  });

  it('gives the second of two containers of one Pod what the first had, though it hears of that after its DEL', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const answer = Promise.withResolvers<void>();
    let lists = 0;
    const one = await c.start('node1', (store) =>
      wrap(store, (inner) => ({
        list: async (kind, selection) => {
          const list = await inner.list<never>(kind, selection);
          const isOfPlace = kind === claimKind && selection?.labels?.['berth.network/place'] !== undefined;
          // Each looks once before it claims, and once after.
          if (isOfPlace && ++lists === 4) await answer.promise;
          return list;
        },
      })),
    );
    const [first, second] = [one.add('web-0', 'c1'), one.add('web-0', 'c2')];
    const given = await first;
    expect(await c.claims()).toHaveLength(2);
    await one.del('c1');
    expect(await c.claims()).toContain(`${given[0]} parked`);
    answer.resolve();
    expect(await second).toEqual(given);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
    expect(await one.check()).toEqual([]);
  });

  it('claims another when what it has taken over was gone before that was answered', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const [isCarriedOut, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isSlow = false;
    const one = await c.start('node1', (store) =>
      wrap(store, (inner) => ({
        update: async (resource) => {
          const updated = await inner.update(resource);
          if (isSlow) isCarriedOut.resolve();
          if (isSlow) await answer.promise;
          return updated;
        },
      })),
    );
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    isSlow = true;
    const adding = one.add('web-0', 'c2');
    await isCarriedOut.promise;
    await c.store.delete({ kind: claimKind, name: address }, undefined);
    // As the store has them now, all are listed once more.
    await c.pass(11 * 60_000);
    answer.resolve();
    const [given = ''] = await adding;
    expect(await c.claims()).toEqual([`${given} c2`]);
    expect(await one.check()).toEqual([]);
  });

  it('answers for the whole cluster from what the store has', async () => {
    const c = await OwnCluster.open({ subnet: '10.5.0.0/24' });
    const [one, two] = [await c.start('node1'), await c.start('node2')];
    const [address = ''] = await one.add('api-1', 'c1');
    await one.add('web-0', 'c2');
    await one.del('c2');
    const { administration, resources } = two.daemon;
    expect(await administration.pools()).toMatchObject([{ name: 'office', used: 2n, parked: 1 }]);
    expect(await administration.nodes()).toEqual(['node1', 'node2']);
    expect((await administration.stateOf(parseAddress(address))).state).toBe('held');
    const narrower = pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.250'] });
    expect(await codeOf(resources.apply(narrower))).toBe('in-use');
    expect(await administration.forgetNode('node1')).toEqual({ blocks: 0, claims: 1 });
  });
});
