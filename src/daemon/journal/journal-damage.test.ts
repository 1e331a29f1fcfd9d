import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../test/kit/random.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import { isIpamError } from '../../resources/errors.ts';
import { verifyEnvironments } from '../../store/embedded/verify.ts';
import { LmdbJournal } from './lmdb-journal.ts';

const pageSize = 4096;
const user = fileURLToPath(new URL('../testing/use-journals.ts', import.meta.url));

const allocation = (index: number): Allocation => ({
  // Some are too large for a page.
  attachment: { network: 'net', containerId: `c${index}-${'x'.repeat(index % 40 === 0 ? 6_000 : 40)}`, ifname: 'eth0' },
  node: 'node1',
  netns: '/var/run/netns/x',
  addresses: [
    { address: `10.0.${index >> 8}.${index & 255}`, prefixLength: 16, pool: 'p', block: '10.0.0.0/16', routes: [] },
  ],
  createdAt: 1,
});

describe('a journal of which a bit has flipped', () => {
  let root = '';
  let sound: Buffer;
  let before: string;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'berth-flips-'));
    const directory = join(root, 'sound');
    const journal = new LmdbJournal(directory);
    const change = (type: 'hold' | 'drop', from: number, count: number) =>
      journal.commit(Array.from({ length: count }, (_, index) => ({ type, allocation: allocation(from + index) })));
    // Three levels of pages, large values, and pages that are free again.
    for (let batch = 0; batch < 120; batch += 1) await change('hold', batch * 10, 10);
    for (let batch = 0; batch < 40; batch += 1) await change('drop', batch * 30, 10);
    await journal.close();
    sound = readFileSync(join(directory, 'data.mdb'));
    const copy = join(root, 'copy');
    cpSync(directory, copy, { recursive: true });
    before = used([copy]).get(copy) ?? '';
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** What each journal had, as a process told that used it. */
  function used(directories: readonly string[]): ReadonlyMap<string, string> {
    const { stdout, stderr, signal, status } = spawnSync(process.execPath, [user, ...directories], {
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    expect({ signal, status, last: lines.at(-1)?.slice(0, 200), stderr }).toMatchObject({ signal: null, status: 0 });
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  }

  /** A journal with this bit of its file turned over; undefined: the start refuses it as damaged. */
  async function flipped(offset: number, bit: number): Promise<string | undefined> {
    const directory = join(root, `flip-${offset}-${bit}`);
    mkdirSync(directory);
    const file = Buffer.from(sound);
    file.writeUInt8(file.readUInt8(offset) ^ (1 << bit), offset);
    writeFileSync(join(directory, 'data.mdb'), file);
    try {
      await verifyEnvironments([directory]);
      return directory;
    } catch (error) {
      rmSync(directory, { recursive: true });
      if (isIpamError(error, 'storage-damaged')) return undefined;
      throw error;
    }
  }

  /** Some at once: each is read by a process of its own, which mostly starts. @returns those that the start does not refuse */
  async function eachFlipped(flips: readonly (readonly [offset: number, bit: number])[]): Promise<readonly string[]> {
    const opened: (string | undefined)[] = [];
    for (let at = 0; at < flips.length; at += 4) {
      opened.push(...(await Promise.all(flips.slice(at, at + 4).map(([offset, bit]) => flipped(offset, bit)))));
    }
    return opened.filter((directory) => directory !== undefined);
  }

  const places: readonly (readonly [string, (random: Random) => number])[] = [
    [
      'the bounds of a page',
      // Where its free space begins and ends: what only a write goes by.
      (random) => random.below(sound.length / pageSize) * pageSize + random.pick([20, 21, 22, 23]),
    ],
    ['the two first pages', (random) => random.below(2) * pageSize + random.below(168)],
    [
      'the places of nodes',
      (random) => (2 + random.below(sound.length / pageSize - 2)) * pageSize + 24 + random.below(60),
    ],
    ['anything', (random) => random.below(sound.length)],
  ];

  it.each(places)(
    'is refused, or has all its records and works, when it was one of %s',
    async (_what, place) => {
      const random = new Random(20_261_129);
      const flips = new Map(Array.from({ length: 24 }, () => [place(random), random.below(8)] as const));
      const opened = await eachFlipped([...flips]);
      const held = used(opened);
      for (const directory of opened) expect(held.get(directory) === before, directory).toBe(true);
      for (const directory of opened) rmSync(directory, { recursive: true });
    },
    120_000,
  );

  it('is refused when it was one of the key of a record, whichever', async () => {
    const random = new Random(4);
    const keys = [...sound.toString('latin1').matchAll(/a 40a0[0-9a-f]{5}(?=.{4}")/gs)].map(({ index }) => index);
    const live = new Set<number>();
    for (let index = 0; index < 16; index += 1) live.add(keys[random.below(keys.length)] ?? 0);
    const opened = await eachFlipped([...live].map((at) => [at + random.below(11), random.below(8)] as const));
    // Those on pages that are free: nothing reads them.
    const held = used(opened);
    for (const directory of opened) expect(held.get(directory) === before, directory).toBe(true);
    expect(opened.length).toBeLessThan(live.size / 2);
  }, 120_000);
});
