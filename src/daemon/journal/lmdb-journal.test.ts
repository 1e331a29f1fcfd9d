import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Allocation } from '../../ipam/allocation.ts';
import { isIpamError } from '../../resources/errors.ts';
import { type Environment, openEnvironment } from '../../store/embedded/environment.ts';
import { firstFormatRecord } from '../../store/embedded/testing/first-format.ts';
import { verifyEnvironments } from '../../store/embedded/verify.ts';
import type { JournalChange } from './journal.ts';
import { allocationRecord, recordedAllocation } from './journal-record.ts';
import { LmdbJournal } from './lmdb-journal.ts';

function allocation(containerId: string, more: Partial<Allocation> = {}, address = '10.0.0.5'): Allocation {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    node: 'node1',
    netns: '/var/run/netns/x',
    addresses: [
      {
        address,
        prefixLength: 24,
        gateway: '10.0.0.1',
        pool: 'p',
        block: '10.0.0.0/24',
        routes: [{ dst: '0.0.0.0/0' }, { dst: '10.0.0.0/8', gw: '10.0.0.9' }],
      },
    ],
    createdAt: 1,
    ...more,
  };
}

describe('the journal on LMDB', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-journal-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('has after a reopen what was committed, and not what was dropped', async () => {
    const journal = new LmdbJournal(directory);
    const pod = { namespace: 'default', name: 'web-0', uid: 'u' };
    await Promise.all([
      journal.commit([{ type: 'hold', allocation: allocation('a', { pod }) }]),
      journal.commit([
        { type: 'hold', allocation: allocation('b', {}, '10.0.0.6') },
        { type: 'cooldown', coolingDown: { address: '10.0.0.9', pool: 'p', until: 9 } },
      ]),
      journal.commit([{ type: 'cooldown', coolingDown: { address: '10.0.0.8', pool: 'p', until: 8 } }]),
    ]);
    await journal.commit([
      { type: 'drop', allocation: allocation('b', {}, '10.0.0.6') },
      { type: 'cooldown', coolingDown: { address: '10.0.0.7', pool: 'p', until: 7 } },
    ]);
    await journal.commit([{ type: 'wake', address: '10.0.0.9', pool: 'p' }]);
    await journal.close();
    const again = new LmdbJournal(directory);
    expect(again.load()).toEqual({
      allocations: [allocation('a', { pod })],
      coolingDown: [
        { address: '10.0.0.7', pool: 'p', until: 7 },
        { address: '10.0.0.8', pool: 'p', until: 8 },
      ],
    });
    await again.close();
  });

  it('refuses what it could not read back, without harm to others of the same group', async () => {
    const journal = new LmdbJournal(directory);
    const bad = journal.commit([{ type: 'hold', allocation: allocation('bad', { netns: 'a\u007fb' }) }]);
    const good = journal.commit([{ type: 'hold', allocation: allocation('good') }]);
    const outcomes = await Promise.allSettled([bad, good]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(journal.load().allocations.map(({ attachment }) => attachment.containerId)).toEqual(['good']);
    await journal.close();
    await expect(journal.commit([])).rejects.toSatisfy((error) => isIpamError(error, 'store-unavailable'));
  });

  it('reads every record back as it was', () => {
    const text = fc.string({ maxLength: 12 }).filter((one) => !/\p{Cc}/u.test(one));
    const filled = text.filter((one) => one !== '');
    const record = fc.record(
      {
        attachment: fc.record({ network: filled, containerId: filled, ifname: filled }),
        node: filled,
        netns: text,
        createdAt: fc.nat(),
        executionId: filled,
        pod: fc.record({ namespace: text, name: filled, uid: text }),
        addresses: fc.array(
          fc.record(
            {
              address: filled,
              prefixLength: fc.nat(128),
              gateway: filled,
              pool: filled,
              block: filled,
              routes: fc.array(fc.record({ dst: filled, gw: filled }, { requiredKeys: ['dst'] }), { maxLength: 3 }),
            },
            { requiredKeys: ['address', 'prefixLength', 'pool', 'routes'] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ['attachment', 'node', 'netns', 'createdAt', 'addresses'] },
    ) as fc.Arbitrary<Allocation>;
    fc.assert(
      fc.property(record, (one) => {
        expect(recordedAllocation(allocationRecord(one))).toEqual(one);
      }),
    );
  });

  it('knows when it was begun, over restarts; one of an earlier version was begun long ago', async () => {
    const first = new LmdbJournal(directory, () => 1_000);
    expect(first.begun).toBe(1_000);
    await first.close();
    const second = new LmdbJournal(directory, () => 2_000);
    expect(second.begun).toBe(1_000);
    await second.close();
    const older = openEnvironment(directory);
    for (const key of older.getKeys()) older.removeSync(key);
    const [key, value] = ['a 40a000005', allocationRecord(allocation('a'))];
    older.putSync(key, firstFormatRecord(value));
    await older.close();
    const third = new LmdbJournal(directory, () => 3_000);
    expect(third.begun).toBe(0);
    await third.close();
  });

  async function recorded(...changes: readonly JournalChange[]): Promise<void> {
    const journal = new LmdbJournal(directory);
    await journal.commit(changes);
    await journal.close();
  }

  const three: readonly JournalChange[] = [
    { type: 'hold', allocation: allocation('a') },
    { type: 'hold', allocation: allocation('b', {}, '10.0.0.6') },
    { type: 'cooldown', coolingDown: { address: '10.0.0.7', pool: 'p', until: 7 } },
  ];

  const tampered: readonly (readonly [string, (environment: Environment) => void])[] = [
    ['vanished', (environment) => environment.removeSync('a 40a000005')],
    [
      'is under another key',
      (environment) => {
        environment.putSync('a 40a000015', environment.get('a 40a000005') ?? Buffer.alloc(0));
        environment.removeSync('a 40a000005');
      },
    ],
    [
      'is under a key that nothing of ours has',
      (environment) => {
        environment.putSync('i 40a000005', environment.get('a 40a000005') ?? Buffer.alloc(0));
        environment.removeSync('a 40a000005');
      },
    ],
    ['is the one of another address', (environment) => environment.putSync('a 40a000005', Buffer.from('older'))],
  ];

  it.each(tampered)('is refused by the start, and by whoever loads it, when a record %s', async (_what, tamper) => {
    await recorded(...three);
    const environment = openEnvironment(directory);
    tamper(environment);
    await environment.close();
    await expect(verifyEnvironments([directory])).rejects.toSatisfy((error) => isIpamError(error, 'storage-damaged'));
    const journal = new LmdbJournal(directory);
    expect(() => journal.load()).toThrow(/is damaged/);
    await journal.close();
  });

  it('is refused when a record came back that was replaced: an older state of a page', async () => {
    await recorded({ type: 'hold', allocation: allocation('a') });
    const before = openEnvironment(directory);
    const older = Buffer.from(before.get('a 40a000005') ?? '');
    await before.close();
    await recorded({ type: 'hold', allocation: allocation('b') });
    const after = openEnvironment(directory);
    after.putSync('a 40a000005', older);
    await after.close();
    await expect(verifyEnvironments([directory])).rejects.toThrow(/older than what was written last/);
  });

  it('takes over the records of the first format, once and for all', async () => {
    const older = openEnvironment(directory);
    older.putSync('begun', firstFormatRecord(5));
    older.putSync('a 40a000005', firstFormatRecord(allocationRecord(allocation('a'))));
    older.putSync('r 40a000007', firstFormatRecord({ address: '10.0.0.7', pool: 'p', until: 7 }));
    await older.close();
    for (let start = 0; start < 2; start += 1) {
      await verifyEnvironments([directory]);
      const journal = new LmdbJournal(directory);
      expect(journal.begun).toBe(5);
      expect(journal.load()).toEqual({
        allocations: [allocation('a')],
        coolingDown: [{ address: '10.0.0.7', pool: 'p', until: 7 }],
      });
      await journal.close();
    }
  });

  it('takes over no record of the first format whose key has changed, which its checksum does not tell', async () => {
    const older = openEnvironment(directory);
    older.putSync('a 40a000015', firstFormatRecord(allocationRecord(allocation('a'))));
    await older.close();
    expect(() => new LmdbJournal(directory)).toThrow(/is damaged/);
  });
});
