import { describe, expect, it } from 'vitest';
import type { Allocation } from '../allocation.ts';
import type { HistoryEntry, HistoryEvent } from './entry.ts';
import type { HistoryQuestion, HistorySubject } from './question.ts';
import { HistoryReading } from './reading.ts';
import { hadAt } from './tenures.ts';

const hour = 3_600_000;
const of = { node: 'node1', begun: 0 };
const address = { kind: 'address', address: '10.0.0.1' } as const;

type Line = readonly [at: number, what: HistoryEvent, container?: string | undefined, more?: Partial<HistoryEntry>];

/** Entries are numbered as they stand, from 1. */
function record(...lines: readonly Line[]) {
  return lines.map(
    ([at, what, containerId, more = {}], index): HistoryEntry => ({
      sequence: index + 1,
      at,
      what,
      node: 'node1',
      addresses: containerId === undefined ? [] : [{ address: '10.0.0.1', pool: 'p' }],
      attachment: containerId === undefined ? undefined : { network: 'net', containerId, ifname: 'eth0' },
      ...more,
    }),
  );
}

function held(containerId: string, createdAt: number): Allocation {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    node: 'node1',
    netns: '',
    addresses: [{ address: '10.0.0.1', prefixLength: 24, pool: 'p', routes: [] }],
    createdAt,
  };
}

function read(
  entries: readonly HistoryEntry[],
  question: Partial<HistoryQuestion> = {},
  live: readonly Allocation[] | 'nobody hears' = [],
) {
  const reading = new HistoryReading({ subject: address, limit: 100, ...question });
  for (const entry of entries) reading.take(entry);
  return reading.answer(of, live === 'nobody hears' ? undefined : live);
}

function atTime(entries: readonly HistoryEntry[], at: number, live: readonly Allocation[] = []) {
  return read(entries, { at }, live).tenures.map((one) => `${one.attachment.containerId} ${hadAt(one, at)}`);
}

describe('who had an address at a time', () => {
  const usual = record([0, 'started'], [10, 'allocated', 'a'], [20, 'released', 'a'], [30, 'allocated', 'b']);

  it.each<readonly [number, readonly string[]]>([
    [9, []],
    [10, ['a surely']],
    [19, ['a surely']],
    [20, []],
    [29, []],
    [30, ['b surely']],
    [1_000, ['b surely']],
  ])('of one record without trouble: at %d %j', (at, holders) => {
    expect(atTime(usual, at, [held('b', 30)])).toEqual(holders);
  });

  it('is told by its release, where what told of its beginning is left out by now', () => {
    const rest = usual.slice(2).map((entry) => ({ ...entry, since: 10 }));
    expect(atTime(rest, 15)).toEqual(['a surely']);
    expect(read(rest).from).toBe(20);
  });

  it('is told by what is on record now, where nothing else tells', () => {
    expect(atTime(record([500, 'started']), 200, [held('old', 100)])).toEqual(['old surely']);
  });

  it('is not the holder of a release that its own call has yet to learn of', () => {
    const released = record([0, 'started'], [20, 'released', 'a', { since: 10 }]);
    expect(atTime(released, 30, [held('a', 10)])).toEqual([]);
  });

  it('counts once who is said again', () => {
    const again = record(
      [10, 'allocated', 'a'],
      [500, 'held', 'a', { since: 10 }],
      [900, 'released', 'a', { since: 10 }],
    );
    expect(read(again).tenures.map(({ from, until }) => [from.latest, until?.latest])).toEqual([[10, 900]]);
    expect(read(again.slice(1)).tenures.map(({ from, until }) => [from.latest, until?.latest])).toEqual([[10, 900]]);
  });

  it('keeps the order of the record where the clock was put back, and says what is uncertain', () => {
    const back = record(
      [2 * hour, 'allocated', 'a'],
      [2 * hour + 10, 'released', 'a'],
      [hour + 20, 'clock-set', undefined, { by: -hour }],
      [hour + 30, 'allocated', 'b'],
    );
    // Was it right before, or since? Either may be: then a had it an hour earlier.
    expect(atTime(back, hour + 5)).toEqual(['a perhaps']);
    expect(atTime(back, 2 * hour + 5)).toEqual(['a perhaps', 'b surely']);
    expect(atTime(back, hour + 40)).toEqual(['a perhaps', 'b surely']);
    expect(read(back).gaps.map(({ reason }) => reason)).toEqual([
      'the clock was put back by 3600 s: times of before may be wrong by so much',
    ]);
  });

  it('sums up steps that followed one another', () => {
    const twice = record(
      [0, 'allocated', 'a'],
      [40_000, 'clock-set', undefined, { by: 30_000 }],
      [55_000, 'clock-set', undefined, { by: 10_000 }],
      [60_000, 'released', 'a'],
    );
    expect(read(twice).tenures).toMatchObject([
      { from: { earliest: 0, latest: 40_000 }, until: { earliest: 60_000, latest: 60_000 } },
    ]);
  });
});

describe('who had an address where entries are missing', () => {
  /** Numbers 2 and 3 are not there: written between 20 and 40. */
  const missing = (...later: readonly Line[]) => [
    ...record([10, 'allocated', 'a', { since: 9 }]),
    ...record([0, 'started'], [0, 'started'], [0, 'started'], [40, 'started'], ...later).slice(3),
  ];
  const said = (entries: readonly HistoryEntry[], live?: readonly Allocation[]) =>
    read(entries, {}, live ?? 'nobody hears').tenures.map(
      ({ attachment, from, until }) => `${attachment.containerId} ${from.latest} ${until?.earliest} ${until?.latest}`,
    );

  it.each<readonly [string, readonly string[], readonly HistoryEntry[], readonly Allocation[] | undefined]>([
    ['is told by a release of the same', ['a 10 60 60'], missing([60, 'released', 'a', { since: 9 }]), undefined],
    [
      'is in doubt where a release is of a later one',
      ['a 10 10 40', 'a 30 60 60'],
      missing([60, 'released', 'a', { since: 30 }]),
      undefined,
    ],
    [
      'is in doubt where the same has it anew',
      ['a 10 10 40', 'a 60 undefined undefined'],
      missing([60, 'allocated', 'a', { since: 59 }]),
      undefined,
    ],
    ['is told by who is said again', ['a 10 undefined undefined'], missing([60, 'held', 'a', { since: 9 }]), undefined],
    ['is told by what is on record', ['a 10 undefined undefined'], missing(), [held('a', 9)]],
    [
      'is in doubt where a later one is on record',
      ['a 10 10 40', 'a 30 undefined undefined'],
      missing(),
      [held('a', 30)],
    ],
    ['is in doubt where nothing is on record', ['a 10 10 40'], missing(), []],
    ['is in doubt up to the end of the record where nobody hears', ['a 10 10 70'], missing([70, 'stopped']), undefined],
  ])('%s', (_, expected, entries, live) => {
    expect(said(entries, live)).toEqual(expected);
  });
});

describe('who has an address that another IPAM gave', () => {
  const migrated = { since: 0, detail: 'from another IPAM' };

  it('had it perhaps before it was told of, and surely since', () => {
    const entries = record([10, 'started'], [20, 'held', 'a', migrated], [50, 'released', 'a', { since: 0 }]);
    expect([15, 20, 49, 50].map((at) => atTime(entries, at))).toEqual([['a perhaps'], ['a surely'], ['a surely'], []]);
  });

  it('had it all the time of a record that begins later, and perhaps before', () => {
    const last = record([30, 'started'], [50, 'released', 'a', { since: 0 }]);
    expect([29, 30, 49].map((at) => atTime(last, at))).toEqual([['a perhaps'], ['a surely'], ['a surely']]);
    const again = record([30, 'started'], [50, 'held', 'a', { since: 0 }]);
    expect([29, 30].map((at) => atTime(again, at, [held('a', 0)]))).toEqual([['a perhaps'], ['a surely']]);
    expect([29, 30].map((at) => atTime(record([30, 'started']), at, [held('a', 0)]))).toEqual([
      ['a perhaps'],
      ['a surely'],
    ]);
  });
});

describe('what a record cannot tell', () => {
  it.each<readonly [string, readonly HistoryEntry[], readonly string[]]>([
    [
      'the daemon was stopped and started',
      record([0, 'started'], [10, 'stopped'], [50, 'started']),
      ['the daemon was stopped: until it was back nothing was given and nothing taken back'],
    ],
    [
      'it ended without a word',
      record([0, 'started'], [10, 'allocated', 'a'], [50, 'started']),
      [
        'the daemon ended after this, and nothing tells when: until it was back nothing was given and nothing taken back',
      ],
    ],
    [
      'entries are missing',
      record([0, 'started'], [10, 'allocated', 'a'], [20, 'allocated', 'b']).filter(({ sequence }) => sequence !== 2),
      ['1 entries are missing'],
    ],
  ])('%s', (_, entries, reasons) => {
    expect(read(entries).gaps.map(({ reason }) => reason)).toEqual(reasons);
    const gap = read(entries).gaps[0];
    expect(read(entries, { since: (gap?.until ?? 0) + 1 }).gaps).toEqual([]);
  });

  it('is what came after the last that a node which is gone has told', () => {
    const lost = record([0, 'started'], [10, 'allocated', 'a']);
    expect(read(lost, {}, 'nobody hears')).toMatchObject({ from: 0, until: 10, tenures: [{ until: undefined }] });
  });
});

describe('entries of a record', () => {
  const many = record(...Array.from({ length: 50 }, (_, index) => [index, 'allocated', `c${index}`] as const));

  it('are the latest, and how many earlier ones are left out is said', () => {
    const { entries, leftOut } = read(many, { limit: 10 });
    expect([entries.map(({ at }) => at), leftOut]).toEqual([[40, 41, 42, 43, 44, 45, 46, 47, 48, 49], 40]);
  });

  it('are those of a time', () => {
    expect(read(many, { since: 5, until: 7 }).entries.map(({ at }) => at)).toEqual([5, 6, 7]);
  });

  it('come part by part, each once', () => {
    const seen: number[] = [];
    let after = 0;
    for (;;) {
      const { entries, leftOut } = read(many, { after, limit: 7 });
      seen.push(...entries.map(({ sequence }) => sequence));
      after = seen.at(-1) ?? 0;
      if (leftOut === 0) break;
    }
    expect(seen).toEqual(many.map(({ sequence }) => sequence));
  });

  it.each<readonly [HistorySubject, number]>([
    [{ kind: 'address', address: '10.0.0.2' }, 1],
    [{ kind: 'pool', name: 'q' }, 1],
    [{ kind: 'pool', name: 'p' }, 2],
    [{ kind: 'pod', namespace: 'shop', name: 'web-0' }, 1],
    [{ kind: 'pod', namespace: 'shop', name: 'web-1' }, 0],
    [{ kind: 'node', name: 'node1' }, 3],
    [{ kind: 'node', name: 'node2' }, 0],
  ])('are of whom is asked for: %j has %d', (subject, count) => {
    const both = [
      { address: '10.0.0.2', pool: 'p' },
      { address: 'fd00::2', pool: 'q' },
    ];
    const pod = { namespace: 'shop', name: 'web-0', uid: 'u' };
    const entries = record([0, 'started'], [1, 'allocated', 'a'], [2, 'allocated', 'b', { addresses: both, pod }]);
    const { entries: found, tenures } = read(entries, { subject });
    expect(found).toHaveLength(count);
    // An interface with two addresses: only the one that is asked for.
    if (subject.kind === 'address' || subject.kind === 'pool') expect(tenures).toHaveLength(count);
  });
});
