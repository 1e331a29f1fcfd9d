import { describe, expect, it } from 'vitest';
import { unpacked } from '../ipam/history/packing.ts';
import { newClaim } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import {
  type HistoryResource,
  type HistorySegmentResource,
  historyKind,
  historySegmentKind,
} from '../resources/history.ts';
import type { Store } from '../store/store.ts';
import { silentLog } from '../telemetry/log.ts';
import { ReclaimHistory } from './reclaim-history.ts';
import { newStore, TestClock } from './testing/world.ts';

const cause = { reason: 'node-deleted', text: 'node "n1" is gone' } as const;
const claim = (address: string) =>
  newClaim({ address, pool: 'rack', node: 'n1', daemon: 'n1', network: 'net', containerId: address, ifname: 'eth0' });

function world() {
  const clock = new TestClock();
  const store = newStore(clock);
  const history = (on: Partial<Store> = {}) =>
    new ReclaimHistory({
      store: {
        get: (key) => store.get(key),
        create: (resource) => store.create(resource),
        update: (resource) => store.update(resource),
        delete: (key, version) => store.delete(key, version),
        ...on,
      },
      clock,
      log: silentLog,
    });
  const release = (to: ReclaimHistory, count: number, from = 0): void => {
    for (let at = from; at < from + count; at += 1)
      to.note('released', claim(`10.0.${Math.floor(at / 250)}.${at % 250}`), cause);
  };
  /** As readers put it together: the parts that the list of parts names. */
  const written = async () => {
    const [head] = (await store.list<HistoryResource>(historyKind)).items;
    const parts = (await store.list<HistorySegmentResource>(historySegmentKind)).items;
    const of = (first: number) => parts.find(({ spec }) => spec.first === first);
    const entries = (head?.spec.segments ?? []).flatMap(
      ({ first }) => unpacked(of(first)?.spec ?? { packed: '' }) ?? [],
    );
    return { entries, sequences: entries.map(({ sequence }) => sequence), parts: parts.length, head };
  };
  return { clock, store, history, release, written };
}

describe('the history of what the controller takes back', () => {
  it('says what came back, of whom, when and why, and by whom', async () => {
    const { clock, history, written } = world();
    const leader = history();
    leader.note('released', claim('10.0.0.1'), cause);
    await clock.advance(5_000);
    await leader.flush();
    expect((await written()).entries).toEqual([
      expect.objectContaining({
        what: 'released',
        sequence: 1,
        at: clock.now() - 5_000,
        node: 'n1',
        reason: 'node-deleted',
        detail: 'by ipam-controller: node "n1" is gone',
        addresses: [{ address: '10.0.0.1', pool: 'rack' }],
        attachment: { network: 'net', containerId: '10.0.0.1', ifname: 'eth0' },
      }),
    ]);
  });

  it('goes on where another leader ended, in its part until that is full', async () => {
    const { history, release, written } = world();
    const [first, second] = [history(), history()];
    release(first, 500);
    await first.flush();
    release(second, 20, 500);
    await second.flush();
    const { sequences, parts } = await written();
    expect(sequences).toEqual(Array.from({ length: 520 }, (_, index) => index + 1));
    expect(parts).toBe(2);
  });

  it('writes nothing while nothing came back', async () => {
    const { history, written } = world();
    await history().flush();
    expect(await written()).toMatchObject({ entries: [], head: undefined });
  });

  it('tries again what a store did not take, and loses none of it', async () => {
    const { history, store, release, written } = world();
    let isDown = true;
    const leader = history({
      create: async (resource) => {
        if (isDown) throw new IpamError('store-unavailable', 'no answer');
        return store.create(resource);
      },
    });
    release(leader, 3);
    await leader.flush();
    expect((await written()).entries).toEqual([]);
    release(leader, 1, 3);
    isDown = false;
    await leader.flush();
    expect((await written()).sequences).toEqual([1, 2, 3, 4]);
  });

  it('lets one of two that lead at once write, and the other behind it', async () => {
    const { history, store, release, written } = world();
    const other = history();
    let isFirst = true;
    const slow = history({
      update: async (resource) => {
        if (isFirst) {
          isFirst = false;
          release(other, 2, 10);
          await other.flush();
        }
        return store.update(resource);
      },
    });
    release(other, 1);
    await other.flush();
    release(slow, 2, 20);
    await slow.flush();
    expect((await written()).sequences).toEqual([1, 2, 3]);
    await slow.flush();
    const { entries, sequences } = await written();
    expect(sequences).toEqual([1, 2, 3, 4, 5]);
    expect(entries.map(({ addresses }) => addresses[0]?.address)).toEqual(
      [0, 10, 11, 20, 21].map((last) => `10.0.0.${last}`),
    );
  });

  it('keeps as many parts as one object may list, the newest, and what is older than a week goes', async () => {
    const { clock, history, release, written } = world();
    const leader = history();
    for (let part = 0; part < 66; part += 1) {
      release(leader, 512, part * 512);
      await leader.flush();
    }
    expect(await written()).toMatchObject({ parts: 64 });
    await clock.advance(8 * 24 * 3_600_000);
    release(leader, 1);
    await leader.flush();
    expect(await written()).toMatchObject({ parts: 1, sequences: [66 * 512 + 1] });
  });
});
