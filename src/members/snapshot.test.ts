import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EtcdKeys, KeyValue } from './etcd-admin.ts';
import { readSnapshot, snapshotParts } from './snapshot.ts';

const about = { clusterName: 'berth', clusterId: 'c1', member: 'ipam-1', savedAt: '2026-01-01T00:00:00.000Z' };
const pairs: readonly KeyValue[] = Array.from({ length: 150 }, (_, index) => ({
  key: `/berth/v1/IPClaim//${index}`,
  value: JSON.stringify({ name: `ä${index}\n` }),
}));

/** Pages of 40, all of one revision. */
const keys: EtcdKeys = {
  page: async (after, revision) => {
    const from = after === '' ? 0 : pairs.findIndex(({ key }) => key === after) + 1;
    const page = pairs.slice(from, from + 40);
    expect(revision).toBe(from === 0 ? '' : '77');
    const more = from + 40 < pairs.length;
    return { pairs: page, last: page.at(-1)?.key ?? '', revision: '77', more, left: pairs.length - from };
  },
  put: async () => {},
};

let folder: string;
let file: string;
let text: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-snapshot-'));
  file = join(folder, 'snapshot');
  const parts = await Array.fromAsync(snapshotParts(keys, about));
  text = parts.map((part) => part.text).join('');
  writeFileSync(file, text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a snapshot', () => {
  it('has every key, as of one revision', async () => {
    const read: KeyValue[] = [];
    const summary = await readSnapshot(file, async (portion) => void read.push(...portion));
    expect(read).toEqual(pairs);
    expect(summary).toMatchObject({ ...about, revision: '77', keys: 150 });
  });

  it.each<[string, (whole: string) => string, RegExp]>([
    ['cut off', (whole) => whole.slice(0, -100), /is not what it should be|is cut off/],
    ['cut off between two lines', (whole) => whole.split('\n').slice(0, 50).join('\n'), /is cut off after 49 keys/],
    ['changed in one letter', (whole) => whole.replace('ä7', 'ö7'), /its hash is not that of its contents/],
    ['without one of its lines', (whole) => whole.split('\n').toSpliced(9, 1).join('\n'), /its hash/],
    ['followed by something', (whole) => `${whole}{}\n`, /a line is not what it should be/],
    ['empty', () => '', /is cut off after 0 keys/],
    ['something else', () => 'SQLite format 3', /a line is not what it should be \(0 keys before it\)/],
  ])('that is %s is refused', async (_what, damage, says) => {
    writeFileSync(file, damage(text));
    await expect(readSnapshot(file)).rejects.toThrow(says);
    await expect(readSnapshot(file)).rejects.toMatchObject({ code: 'storage-damaged' });
  });

  it('that is not there is a wrong argument', async () => {
    await expect(readSnapshot(join(folder, 'none'))).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
