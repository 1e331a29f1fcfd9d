import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from './entry.ts';
import { entriesOf, entriesText, entryOf, entryText } from './entry-text.ts';

const full: HistoryEntry = {
  what: 'released',
  sequence: 4_711,
  at: 1_796_083_200_000,
  node: 'node1',
  addresses: [
    { address: '10.0.0.5', pool: 'office' },
    { address: 'fd00::5', pool: 'office-v6' },
  ],
  attachment: { network: 'net', containerId: 'c1', ifname: 'eth0' },
  pod: { namespace: 'shop', name: 'web-0', uid: '4f6e' },
  identity: 'Pod shop/web-0',
  reason: 'by-hand',
  detail: 'it was a test',
  since: 1_796_083_100_000,
};

describe('an entry as text', () => {
  it.each<readonly [string, HistoryEntry]>([
    ['of an interface with two addresses', full],
    ['of a container without a Pod', { ...full, pod: undefined, identity: undefined }],
    [
      'of a quarantine, which has no container',
      { ...full, attachment: undefined, since: undefined, what: 'quarantined' },
    ],
    [
      'of a clock that was put back',
      { what: 'clock-set', sequence: 2, at: 5, node: 'n', addresses: [], by: -3_600_000 },
    ],
    ['of a start', { what: 'started', sequence: 1, at: 0, node: 'n', addresses: [] }],
    ['written by a clock that was put behind its own holder', { ...full, since: full.at + 60_000 }],
  ])('is read as it was written: %s', (_, entry) => {
    expect(entryOf(entryText(entry))).toEqual(withoutUndefined(entry));
  });

  it('has no line end, whatever an operator or a runtime wrote', () => {
    const text = entriesText([{ ...full, detail: 'two\nlines\u007f and more' }, full]);
    expect(entriesOf(text)).toEqual([{ ...full, detail: 'two lines  and more' }, full].map(withoutUndefined));
  });

  it.each([
    '',
    'allocated',
    '["a"]',
    '{"network":"net"}',
    `${entryText(full)}\u007fmore`,
    entryText(full).replace('released', 'eaten'),
  ])('is no other text: %j', (text) => expect(entryOf(text)).toBeUndefined());
});

function withoutUndefined(entry: HistoryEntry): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
