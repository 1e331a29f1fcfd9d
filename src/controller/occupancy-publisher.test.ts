import { describe, expect, it } from 'vitest';
import { type Claim, claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { type Occupancy, occupancyKind, pageSize, publishedMark, readBits } from '../resources/occupancy.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';
import { silentLog } from '../telemetry/log.ts';
import { OccupancyPublisher } from './occupancy-publisher.ts';
import { stateOf } from './testing/leading.ts';
import { claim, newStore, pool, TestClock } from './testing/world.ts';

class World {
  readonly clock = new TestClock();
  readonly store: MemoryStore = newStore(this.clock);
  #stop = new AbortController();

  /** A controller begins to lead. */
  async lead(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const state = await stateOf(this, this.#stop.signal);
    const parts = { state, store: this.store, clock: this.clock, log: silentLog };
    void new OccupancyPublisher(parts).run(this.#stop.signal);
    await this.clock.advance(1_000);
  }

  stop(): void {
    this.#stop.abort();
  }

  release(address: string): Promise<void> {
    return this.store.delete({ kind: claimKind, name: address }, undefined);
  }

  /** Places whose bit is set: of what is taken, and of what cools down. */
  async page(name: string): Promise<string> {
    const spec = (await this.store.get<Occupancy>({ kind: occupancyKind, name }))?.spec;
    const places = (text: string | undefined): string => {
      const bits = readBits(text) ?? new Uint8Array();
      const offsets = Array.from({ length: pageSize }, (_, offset) => offset);
      return offsets.filter((offset) => ((bits[offset >>> 3] ?? 0) & (1 << (offset & 7))) !== 0).join(' ');
    };
    return spec === undefined ? 'no page' : `${places(spec.taken)} | ${places(spec.coolingDown)}`;
  }

  async has(name: string): Promise<boolean> {
    return (await this.store.get({ kind: occupancyKind, name })) !== undefined;
  }
}

describe('the publisher of what is taken', () => {
  it('has a page for each 4,096 addresses of which some are taken, and says when all are there', async () => {
    const w = new World();
    for (const address of ['10.0.0.9', '10.0.0.10', '10.0.16.0', 'fd00::3']) await w.store.create(claim(address));
    await w.lead();
    expect(await w.page('10.0.0.0')).toBe('9 10 | ');
    expect(await w.page('10.0.16.0')).toBe('0 | ');
    expect(await w.page('fd00-0-0-0-0-0-0-0')).toBe('3 | ');
    await w.clock.advance(2_000);
    expect(await w.has(publishedMark)).toBe(true);
  });

  it('follows claims within a second or two, and shows for the pool’s time what cools down', async () => {
    const w = new World();
    await w.store.create(pool('blue', { subnet: '10.0.0.0/24', cooldown: 10 }));
    await w.lead();
    await w.store.create(claim('10.0.0.9'));
    await w.store.create(claim('10.0.0.10'));
    await w.clock.advance(2_000);
    expect(await w.page('10.0.0.0')).toBe('9 10 | ');
    await w.release('10.0.0.9');
    await w.clock.advance(2_000);
    expect(await w.page('10.0.0.0')).toBe('10 | 9');
    await w.clock.advance(10_000);
    expect(await w.page('10.0.0.0')).toBe('10 | ');
    await w.release('10.0.0.10');
    await w.clock.advance(14_000);
    expect(await w.page('10.0.0.0')).toBe('no page');
  });

  it('takes over from another: what was released while nobody published cools down', async () => {
    const w = new World();
    await w.store.create(claim('10.0.0.9'));
    await w.store.create(claim('10.0.0.10'));
    await w.lead();
    w.stop();
    await w.release('10.0.0.9');
    await w.lead();
    await w.clock.advance(2_000);
    expect(await w.page('10.0.0.0')).toBe('10 | 9');
    expect(await w.has(publishedMark)).toBe(true);
  });

  it('writes no more than fifty pages a second, however many change', async () => {
    const w = new World();
    for (let n = 0; n < 120; n += 1) await w.store.create(claim(`10.${n}.0.1`));
    await w.lead();
    const count = async (): Promise<number> => (await w.store.list(occupancyKind)).items.length;
    expect(await count()).toBeLessThanOrEqual(100);
    await w.clock.advance(5_000);
    expect(await count()).toBe(121);
  });

  it('gives claims of former versions their labels before it says that pages are there', async () => {
    const w = new World();
    for (let n = 1; n <= 60; n += 1) await w.store.create(claim(`10.0.0.${n}`));
    await w.lead();
    await w.clock.advance(5_000);
    const { items } = await w.store.list<Claim>(claimKind, { labels: { 'berth.network/pool': 'blue' } });
    expect(items).toHaveLength(60);
    expect(await w.has(publishedMark)).toBe(true);
  });

  it('gives all their labels, whichever claims cannot be written to, and waits for those with saying that pages are there', async () => {
    const w = new World();
    for (let n = 1; n <= 120; n += 1) await w.store.create(claim(`10.0.0.${n}`));
    const update = w.store.update.bind(w.store);
    let refuses = true;
    w.store.update = async (resource) => {
      const { name } = resource.metadata;
      if (refuses && resource.kind === claimKind && Number(name.split('.')[3]) <= 60)
        throw new IpamError('permission-denied', 'a webhook of somebody’s refuses');
      return update(resource);
    };
    await w.lead();
    await w.clock.advance(10_000);
    const count = async (): Promise<number> =>
      (await w.store.list<Claim>(claimKind, { labels: { 'berth.network/pool': 'blue' } })).items.length;
    expect(await count()).toBe(60);
    expect(await w.has(publishedMark)).toBe(false);
    refuses = false;
    await w.clock.advance(5_000);
    expect(await count()).toBe(120);
    expect(await w.has(publishedMark)).toBe(true);
  });

  it('writes over what a hand made of a page, and tries again what the store did not take', async () => {
    const w = new World();
    await w.store.create(claim('10.0.0.9'));
    await w.lead();
    await w.store.delete({ kind: occupancyKind, name: '10.0.0.0' }, undefined);
    const create = w.store.create.bind(w.store);
    let failures = 0;
    w.store.create = async (resource, uid) => {
      if (resource.kind !== occupancyKind || failures === 2) return create(resource, uid);
      failures += 1;
      throw new IpamError('store-unavailable', 'away');
    };
    await create(claim('10.0.0.10'));
    await w.clock.advance(6_000);
    expect(failures).toBe(2);
    expect(await w.page('10.0.0.0')).toBe('9 10 | ');
  });
});
