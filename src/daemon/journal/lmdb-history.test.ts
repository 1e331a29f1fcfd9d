import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Allocation } from '../../ipam/allocation.ts';
import { packed } from '../../ipam/history/packing.ts';
import { isIpamError } from '../../resources/errors.ts';
import { openEnvironment } from '../../store/embedded/environment.ts';
import { encodeRecord } from '../../store/embedded/record.ts';
import type { Journal } from './journal.ts';
import { entryPrefix, historyKey, segmentPrefix } from './journal-key.ts';
import { LmdbJournal } from './lmdb-journal.ts';
import { MemoryJournal } from './memory-journal.ts';

const allocation = (index: number): Allocation => ({
  attachment: { network: 'net', containerId: `c${index}`, ifname: 'eth0' },
  node: 'node1',
  netns: '',
  addresses: [{ address: `10.0.0.${index}`, prefixLength: 24, pool: 'p', routes: [] }],
  createdAt: 1_000 + index,
});

/** Both journals do the same: what the simulator shows of the one holds for the other. */
const journals: readonly (readonly [string, (directory: string, now: () => number) => Journal])[] = [
  ['on LMDB', (directory, now) => new LmdbJournal(directory, now, () => now() - 5)],
  ['in memory', (_, now) => new MemoryJournal({ now, elapsed: () => now() - 5 })],
];

describe.each(journals)('the history in a journal %s', (_, open) => {
  let directory = '';
  let now = 1_000_000;
  let journal: Journal;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-history-'));
    now = 1_000_000;
    journal = open(directory, () => now);
  });
  afterEach(async () => {
    await journal.close();
    rmSync(directory, { recursive: true });
  });

  const tail = () => journal.history.tail().map(({ sequence, what }) => `${sequence} ${what}`);

  it('is written with what it tells of, one entry for each change', async () => {
    await journal.commit([{ type: 'started', node: 'node1', boot: 'b' }]);
    await journal.commit([
      { type: 'hold', allocation: allocation(1) },
      { type: 'wake', address: '10.0.0.1', pool: 'p' },
    ]);
    await journal.commit([{ type: 'drop', allocation: allocation(1) }]);
    await journal.commit([{ type: 'cooldown', coolingDown: { address: '10.0.0.1', pool: 'p', until: 5 } }]);
    expect(tail()).toEqual(['1 started', '2 allocated', '3 released']);
    expect(journal.history.tail()[1]).toMatchObject({
      at: now,
      since: 1_001,
      node: 'node1',
      addresses: [{ address: '10.0.0.1', pool: 'p' }],
      attachment: { containerId: 'c1' },
    });
  });

  it('says again only who has something when that is written, whatever was under way before', async () => {
    const again = { type: 'say-again', allocation: allocation(1), identity: undefined } as const;
    await journal.commit([{ type: 'hold', allocation: allocation(1) }]);
    await journal.commit([again]);
    await Promise.all([journal.commit([{ type: 'drop', allocation: allocation(1) }]), journal.commit([again])]);
    // Somebody else has the address by now, and the same container has it anew.
    for (const other of [
      { ...allocation(2), addresses: allocation(1).addresses },
      { ...allocation(1), createdAt: 9 },
    ]) {
      await journal.commit([{ type: 'hold', allocation: other }]);
      await journal.commit([again]);
    }
    expect(tail()).toEqual(['1 allocated', '2 held', '3 released', '4 allocated', '5 allocated']);
  });

  it('packs what comes first, and goes on where it was', async () => {
    for (let index = 1; index <= 6; index += 1) await journal.commit([{ type: 'hold', allocation: allocation(index) }]);
    const segment = packed(journal.history.tail().slice(0, 4));
    await journal.commit([{ type: 'pack', segment }]);
    expect(journal.history.segments()).toEqual([
      { first: 1, last: 4, from: now, until: now, bytes: segment.packed.length },
    ]);
    expect(journal.history.segment(1)).toEqual(segment);
    await journal.commit([{ type: 'hold', allocation: allocation(7) }]);
    expect([tail(), journal.history.tailLength]).toEqual([['5 allocated', '6 allocated', '7 allocated'], 3]);
  });

  it('forgets whole segments and single entries, and never its last number', async () => {
    for (let index = 1; index <= 6; index += 1) await journal.commit([{ type: 'hold', allocation: allocation(index) }]);
    await journal.commit([{ type: 'pack', segment: packed(journal.history.tail().slice(0, 2)) }]);
    await journal.commit([{ type: 'forget', upTo: 2 }]);
    expect([journal.history.segments(), tail().length]).toEqual([[], 4]);
    await journal.commit([{ type: 'forget', upTo: 99 }]);
    expect([tail(), journal.history.tailLength]).toEqual([['6 allocated'], 1]);
    await journal.commit([{ type: 'hold', allocation: allocation(7) }]);
    expect(tail()).toEqual(['6 allocated', '7 allocated']);
  });

  it('forgets as much when the same commit says more', async () => {
    for (let index = 1; index <= 3; index += 1) await journal.commit([{ type: 'hold', allocation: allocation(index) }]);
    const note = { what: 'held', node: 'node1', addresses: [] } as const;
    await journal.commit([
      { type: 'forget', upTo: 3 },
      { type: 'note', note },
    ]);
    expect(tail()).toEqual(['3 allocated', '4 held']);
  });
});

describe('the history in a journal on LMDB', () => {
  it('is there after a restart, with its segments, its numbers and how the clock stood', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-history-'));
    let [now, elapsed] = [1_000_000, 500];
    const open = () =>
      new LmdbJournal(
        directory,
        () => now,
        () => elapsed,
      );
    const first = open();
    await first.commit([{ type: 'started', node: 'node1', boot: 'b' }]);
    for (let index = 1; index <= 4; index += 1) await first.commit([{ type: 'hold', allocation: allocation(index) }]);
    await first.commit([{ type: 'pack', segment: packed(first.history.tail().slice(0, 3)) }]);
    await first.close();
    [now, elapsed] = [now + 70_000, elapsed + 10_000];
    const second = open();
    expect(second.load().allocations).toHaveLength(4);
    expect(second.history.segments().map(({ first, last }) => [first, last])).toEqual([[1, 3]]);
    await second.commit([{ type: 'started', node: 'node1', boot: 'b' }]);
    expect(second.history.tail().map(({ sequence, what, by }) => [sequence, what, by])).toEqual([
      [4, 'allocated', undefined],
      [5, 'allocated', undefined],
      [6, 'clock-set', 60_000],
      [7, 'started', undefined],
    ]);
    await second.close();
    rmSync(directory, { recursive: true });
  });

  it('keeps the numbers of its entries when one call of their transaction is refused', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-history-'));
    const journal = new LmdbJournal(directory, () => 1_000_000);
    const hold = (index: number) => journal.commit([{ type: 'hold', allocation: allocation(index) }]);
    await Promise.all([hold(1), hold(2)]);
    const segment = packed(journal.history.tail().slice(0, 1));
    const environment = openEnvironment(directory);
    environment.putSync(historyKey(entryPrefix, 1), encodeRecord(historyKey(entryPrefix, 1), 'nothing of the kind'));
    const refused = journal.commit([{ type: 'pack', segment }]);
    const both = Promise.all([hold(3), hold(4)]);
    await expect(refused).rejects.toSatisfy((error) => isIpamError(error, 'storage-damaged'));
    await both;
    await hold(5);
    expect(journal.history.segments()).toEqual([]);
    const text = (sequence: number) => environment.get(historyKey(entryPrefix, sequence))?.toString('latin1') ?? '';
    const packedText = (sequence: number) => environment.get(historyKey(segmentPrefix, sequence));
    expect([3, 5].map((first) => text(first).match(/c\d/g))).toEqual([['c3', 'c4'], ['c5']]);
    expect(packedText(1)).toBeUndefined();
    await journal.close();
    await environment.close();
    rmSync(directory, { recursive: true });
  });
});
