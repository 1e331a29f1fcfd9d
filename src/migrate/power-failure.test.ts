import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LmdbJournal } from '../daemon/journal/lmdb-journal.ts';
import { MemoryJournal } from '../daemon/journal/memory-journal.ts';
import { claimKind } from '../resources/claim.ts';
import { poolKind } from '../resources/pool.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { hostLocalSource } from './host-local-source.ts';
import type { Target } from './places.ts';
import { dieAtEachWrite } from './testing/power-failure.ts';

const names = { now: Date.now, newUid: randomUUID };

describe('a migration whose machine loses its power', { timeout: 120_000 }, () => {
  let root = '';
  let targets = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'berth-power-'));
    for (const directory of ['net.d', 'data/a', 'data/b']) mkdirSync(join(root, directory), { recursive: true });
    for (const [name, subnet] of [
      ['a', '10.1.0.0/24'],
      ['b', '10.2.0.0/24'],
    ] as const) {
      const ipam = { type: 'ipam-plugin', ranges: [[{ subnet }]] };
      writeFileSync(
        join(root, `net.d/${name}.conf`),
        JSON.stringify({ cniVersion: '1.0.0', name, type: 'bridge', ipam }),
      );
      for (let host = 2; host < 8; host += 1)
        writeFileSync(join(root, `data/${name}`, subnet.replace('0/24', `${host}`)), `${name}${host}\r\neth0`);
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const source = () =>
    hostLocalSource({
      directory: join(root, 'data'),
      node: 'node1',
      configs: join(root, 'net.d'),
      poolFor: [],
      cniCache: root,
    });
  const target = (store: Target['store'], journal: Target['journal']): Target => ({
    store,
    journal,
    keepsUids: true,
    deletesOrphans: false,
    warnings: async () => [],
    close: async () => {
      await journal?.close();
      await store.close();
    },
  });
  const memory = async () => {
    const one = target(new MemoryStore(names), new MemoryJournal());
    return { first: one, reopen: async () => one };
  };
  const embedded = async () => {
    const directory = join(root, `target${targets++}`);
    const openIt = (): Target =>
      target(
        new EmbeddedStore({ directory: join(directory, 'store'), ...names }),
        new LmdbJournal(join(directory, 'journal')),
      );
    const first = openIt();
    const reopen = async (): Promise<Target> => {
      await first.close();
      return openIt();
    };
    return { first, reopen };
  };

  it.each([
    ['memory', memory, false],
    ['memory', memory, true],
    ['embedded', embedded, false],
    ['embedded', embedded, true],
  ] as const)(
    'at any write to the %s engine is repeated to the same end (the write was done: %3$s)',
    async (_engine, newTarget, isCarriedOut) => {
      const open = async () => {
        const { first, reopen } = await newTarget();
        const common = { id: 'm1', dryRun: false, pause: async () => {}, onProgress: () => {} };
        return { options: { ...common, source: source(), target: first }, reopen };
      };
      let deaths = 0;
      const [undisturbed, ...others] = await dieAtEachWrite(open, isCarriedOut, ({ objects, open: opened }) => {
        deaths += 1;
        const claims = objects.filter((one) => (one as { kind: string }).kind === claimKind).length;
        // Nothing gives out while anything that is out is missing.
        if (opened.length > 0) expect(claims).toBe(12);
      });
      expect(undisturbed?.objects.length).toBe(14);
      expect(undisturbed?.records.length).toBe(12);
      expect(undisturbed?.objects.filter((one) => (one as { kind: string }).kind === poolKind).length).toBe(2);
      for (const other of others) expect(other).toEqual(undisturbed);
      // Two pools, one commit of records, twelve claims, two openings.
      expect(deaths).toBeGreaterThanOrEqual(17);
    },
  );
});
