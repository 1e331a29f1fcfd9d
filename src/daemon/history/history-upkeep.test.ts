import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../ipam/allocation.ts';
import { packed, unpacked } from '../../ipam/history/packing.ts';
import { defaultHistoryLimits } from '../../ipam/history/retention.ts';
import { Ledger } from '../../ipam/ledger.ts';
import { IpamError } from '../../resources/errors.ts';
import { silentLog } from '../../telemetry/log.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { TestClock } from '../testing/world.ts';
import { HistoryUpkeep } from './history-upkeep.ts';
import { ownHistory } from './own-history.ts';
import { SaidAgain } from './said-again.ts';

const day = 86_400_000;

function machine(limits: { keptMs?: number; bytes?: number } = {}) {
  const clock = new TestClock();
  let put = 0;
  const time = { now: () => clock.now() + put, elapsed: () => clock.now() };
  const journal = new MemoryJournal(time);
  const ledger = new Ledger();
  const upkeep = new HistoryUpkeep({
    ...{ node: 'node1', journal, log: silentLog, boot: 'b', saidAgain: new SaidAgain((one) => ledger.find(one)) },
    clock: { ...time, pause: clock.pause },
    limits: { ...defaultHistoryLimits, bytes: 1_000_000, ...limits },
  });
  const allocation = (index: number): Allocation => ({
    attachment: { network: 'net', containerId: `c${index}`, ifname: 'eth0' },
    node: 'node1',
    netns: '',
    addresses: [{ address: `10.0.${index >> 8}.${index & 255}`, prefixLength: 16, pool: 'p', routes: [] }],
    createdAt: time.now(),
  });
  return {
    ...{ clock, journal, upkeep },
    put: (by: number) => {
      put += by;
    },
    add: async (index: number) => {
      const one = allocation(index);
      await journal.commit([{ type: 'hold', allocation: one }]);
      ledger.add(one);
    },
    /** On record, and its call has yet to learn so. */
    drop: async (index: number) => {
      const one = ledger.find(allocation(index).attachment);
      if (one !== undefined) await journal.commit([{ type: 'drop', allocation: one }]);
    },
    /** What a start has yet to do again. */
    forgetLedger: () => {
      for (const one of [...ledger.all()]) ledger.remove(one.attachment);
    },
    del: async (index: number) => {
      const one = ledger.remove(allocation(index).attachment);
      if (one !== undefined) await journal.commit([{ type: 'drop', allocation: one }]);
    },
    ask: (at?: number) => {
      const steps = ownHistory({ subject: { kind: 'pool', name: 'p' }, at, limit: 5_000 }, { node: 'node1', journal });
      for (;;) {
        const result = steps.next();
        if (result.done) return result.value;
      }
    },
  };
}

describe('upkeep of the history', () => {
  it('packs what has become many entries, and loses none', async () => {
    const m = machine();
    await m.upkeep.begin();
    for (let index = 0; index < 1_100; index += 1) await m.add(index);
    await m.upkeep.round();
    expect([m.journal.history.segments().length, m.journal.history.tailLength]).toEqual([2, 77]);
    expect(m.ask().entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1_100 }, (_, i) => i + 2));
    // A Pod that comes takes about so many bytes; one of 40 kB for each entry would be no packing.
    const bytes = m.journal.history.segments().reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes / 1_024).toBeLessThan(60);
  });

  it('leaves out what is too much, and says again who has still what they have', async () => {
    const m = machine({ bytes: 30_000 });
    await m.upkeep.begin();
    const began = m.clock.now();
    await m.add(60_000);
    m.clock.advance(1_000);
    for (let index = 0; index < 4_000; index += 1) {
      await m.add(index);
      await m.del(index);
      if (index % 500 === 0) await m.upkeep.round();
    }
    await m.upkeep.round();
    expect(m.journal.history.segments().reduce((sum, one) => sum + one.bytes, 0)).toBeLessThan(30_000);
    const said = m.ask().entries.filter(({ what }) => what === 'held');
    expect(said[0]).toMatchObject({ attachment: { containerId: 'c60000' }, since: began });
    expect(m.ask(m.clock.now()).tenures).toMatchObject([{ attachment: { containerId: 'c60000' } }]);
  });

  it('says nothing again of whom a release is on its way', async () => {
    const m = machine();
    await m.upkeep.begin();
    await m.add(1);
    await m.add(2);
    // The record begins with it.
    await m.add(3);
    m.clock.advance(8 * day);
    await m.drop(1);
    await m.upkeep.round();
    expect(m.ask().entries.map(({ what, attachment }) => `${what} ${attachment?.containerId}`)).toEqual([
      'allocated c3',
      'released c1',
      'held c2',
    ]);
    expect(m.ask(m.clock.now()).tenures.map(({ attachment }) => attachment.containerId)).toEqual(['c3', 'c2']);
  });

  it('knows who has had something for longer than the record goes back, also while a daemon starts', async () => {
    const m = machine();
    await m.upkeep.begin();
    await m.add(1);
    m.clock.advance(8 * day);
    await m.journal.commit([{ type: 'started', node: 'node1', boot: 'b' }]);
    m.clock.advance(8 * day);
    m.forgetLedger();
    await m.upkeep.round();
    expect(m.ask(m.clock.now()).tenures.map(({ attachment }) => attachment.containerId)).toEqual(['c1']);
  });

  it('leaves out what is over its time, packed or not', async () => {
    const m = machine();
    await m.upkeep.begin();
    await m.add(1);
    await m.del(1);
    m.clock.advance(5 * day);
    await m.add(2);
    m.clock.advance(3 * day);
    await m.upkeep.round();
    expect(m.ask().entries.map(({ what, attachment }) => `${what} ${attachment?.containerId}`)).toEqual([
      // Without it the record would not reach back to where its time begins.
      'released c1',
      'allocated c2',
    ]);
    expect(m.ask().from).toBe(m.clock.now() - 8 * day);
  });

  it('leaves nothing out because the clock was put a year ahead, and says that it was', async () => {
    const m = machine();
    await m.upkeep.begin();
    for (let index = 0; index < 1_100; index += 1) await m.add(index);
    await m.upkeep.round();
    m.put(365 * day);
    await m.upkeep.round();
    expect(m.ask().entries).toHaveLength(1_100);
    expect(m.ask().gaps.map(({ reason }) => reason)).toEqual([
      'the clock was put forward by 31536000 s: times of before may be wrong by so much',
    ]);
  });

  it('begins later where nothing can be written at the start', async () => {
    const m = machine();
    m.journal.failure = new IpamError('storage-full', 'full');
    await m.upkeep.begin();
    expect(m.journal.history.tail()).toEqual([]);
    m.journal.failure = undefined;
    await m.upkeep.round();
    await m.upkeep.end();
    expect(m.journal.history.tail().map(({ what }) => what)).toEqual(['started', 'stopped']);
  });
});

describe('a segment', () => {
  it('is read as it was packed, and one that somebody else wrote is none', () => {
    const entries = [{ what: 'started', sequence: 5, at: 9, node: 'n', addresses: [] } as const];
    expect(unpacked(packed(entries))).toEqual(entries);
    expect(unpacked({ packed: 'bm90IHBhY2tlZA==' })).toBeUndefined();
  });
});
