import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../ip/address.ts';
import { emptyRangeSet } from '../../ip/range-set.ts';
import { AddressSpace } from '../../ipam/claim/address-space.ts';
import { labelled } from '../../ipam/claim/claim-labels.ts';
import { claimFor } from '../../ipam/claim/claimant.ts';
import { sharedLayout } from '../../ipam/claim/layout.ts';
import { firstOfPage, formatBits, newOccupancy, pagePlace, pageSize } from '../../resources/occupancy.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { TestClock } from '../testing/world.ts';
import { HintedSearches } from './hinted-searches.ts';

const addresses = { former: '10.6.0.10', grown: '10.6.0.20' };

/** A daemon that knows its own claims only, and a page by which all is taken. */
class World {
  readonly clock = new TestClock();
  #uids = 0;
  readonly store = new MemoryStore({ now: () => this.clock.now(), newUid: () => `uid-${++this.#uids}` });
  readonly #searches = new HintedSearches({ daemon: 'node1', store: this.store, clock: this.clock, onPage: () => {} });

  static async open(): Promise<World> {
    const world = new World();
    const taken = new Uint8Array(pageSize / 8);
    for (const address of Object.values(addresses).map(parseAddress)) {
      const { offset } = pagePlace(address, '');
      taken[offset >>> 3] = (taken[offset >>> 3] ?? 0) | (1 << (offset & 7));
    }
    const first = firstOfPage(parseAddress(addresses.former));
    await world.store.create(newOccupancy(first, '', { taken: formatBits(taken), asOf: '1' }));
    return world;
  }

  async claim(pool: Pool, address: string): Promise<void> {
    const attachment = { network: 'net', containerId: 'other', ifname: 'eth0' };
    await this.store.create(labelled(claimFor({ attachment, node: 'node2' }, pool, parseAddress(address), 'node2')));
  }

  async search(pool: Pool): Promise<string> {
    const space = new AddressSpace(pool, undefined, sharedLayout(pool, emptyRangeSet), 0);
    const found = await this.#searches.begin(pool, () => space, 'net/c1/eth0')();
    return found === undefined ? 'none' : formatAddress(found);
  }
}

const office = (...ips: readonly string[]): Pool =>
  parsePool({
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name: 'office' },
    spec: { subnet: '10.6.0.0/24', ips },
  });

it('finds what a pool has grown by, though its page says that it is taken, and all of it was listed before', async () => {
  const world = await World.open();
  const pool = office(addresses.former);
  await world.claim(pool, addresses.former);
  expect(await world.search(pool)).toBe('none');
  world.clock.advance(60_000);
  expect(await world.search(office(...Object.values(addresses)))).toBe(addresses.grown);
});

it('tells each of two that share a list what it says of the pool as each of them has it', async () => {
  const world = await World.open();
  const pool = office(addresses.former);
  await world.claim(pool, addresses.former);
  const grown = office(...Object.values(addresses));
  expect(await Promise.all([world.search(pool), world.search(pool), world.search(grown)])).toEqual([
    'none',
    'none',
    addresses.grown,
  ]);
});
