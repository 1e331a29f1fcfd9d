import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeStoreConformance, forgetByChanging } from '../conformance.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { verifyEnvironments } from './verify.ts';

const keptChanges = 300;
const open = (directory: string): EmbeddedStore =>
  new EmbeddedStore({ directory, now: Date.now, newUid: randomUUID, keptChanges, pollMs: 5 });
const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'berth-store-'));

describeStoreConformance('LMDB', async () => {
  const directory = newDirectory();
  const store = open(directory);
  return {
    store,
    forget: () => forgetByChanging(store, keptChanges),
    dispose: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

/** Starts a writing process, and ends it with SIGKILL after so many acknowledged writes. @returns what it acknowledged */
async function writeAndKill(directory: string, prefix: string, writes: number): Promise<readonly string[]> {
  const writer = fileURLToPath(new URL('./testing/writer.ts', import.meta.url));
  const child = spawn(process.execPath, [writer, directory, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === writes) child.kill('SIGKILL');
  }
  return lines;
}

describe('the embedded store', () => {
  it('has everything it acknowledged after its process was killed in the middle', async () => {
    const directory = newDirectory();
    try {
      for (let round = 0; round < 8; round += 1) {
        const lines = await writeAndKill(directory, `r${round}-`, 20 + round * 37);
        await verifyEnvironments([directory]);
        const store = open(directory);
        const names = new Set((await store.list('Thing')).items.map(({ metadata }) => metadata.name));
        await store.close();
        const deleted = new Set(
          lines.filter((line) => line.startsWith('deleted ')).map((line) => line.slice('deleted '.length)),
        );
        for (const name of deleted) expect(names.has(name), name).toBe(false);
        for (const line of lines.filter((one) => one.startsWith('created '))) {
          const name = line.slice('created '.length);
          // The first of each four is about to be deleted: that may have happened unsaid.
          const number = Number(name.split('-')[1]);
          if (number % 4 !== 0) expect(names.has(name), name).toBe(true);
        }
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    // Sixteen processes and hundreds of syncs, one after the other.
  }, 120_000);

  it('lists a kind as of one moment, and lets others have their turns meanwhile', async () => {
    const directory = newDirectory();
    const store = open(directory);
    const thing = (name: string) => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, spec: {} });
    try {
      const names = Array.from({ length: 1_000 }, (_, index) => `t${index}`).sort();
      const made = await Promise.all(names.map((name) => store.create(thing(name))));
      const { version: before } = await store.list('None');
      let isListed = false;
      const listing = store.list('Thing').finally(() => {
        isListed = true;
      });
      // The last of the list goes, and another comes, before all are decoded.
      const last = made.at(-1)?.metadata;
      const changes = Promise.all([
        store.delete({ kind: 'Thing', name: last?.name ?? '' }, last?.resourceVersion),
        store.create(thing('zebra')),
      ]);
      await new Promise(setImmediate);
      expect(isListed).toBe(false);
      const { items, version } = await listing;
      await changes;
      expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
      expect(version).toBe(before);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('is shared by two writing processes and a watcher, which sees every change of both', async () => {
    const directory = newDirectory();
    const store = open(directory);
    try {
      const { version } = await store.list('Thing');
      const stop = new AbortController();
      const seen = new Set<string>();
      const watching = (async () => {
        // The history is short; what the watcher does not keep up with would be an error here.
        for await (const { type, resource } of store.watch('Thing', version, stop.signal))
          seen.add(`${type} ${resource.metadata.name}`);
      })();
      const [left, right] = await Promise.all([
        writeAndKill(directory, 'left-', 120),
        writeAndKill(directory, 'right-', 120),
      ]);
      const { items } = await store.list('Thing');
      // What is there, written without a word too; and what was said, for the last change of all may be a deletion.
      const changes = [
        ...items.map(({ metadata }) => `added ${metadata.name}`),
        ...[...left, ...right].map((line) => line.replace('created', 'added')),
      ];
      await expect.poll(() => changes.filter((one) => !seen.has(one)), { timeout: 20_000 }).toEqual([]);
      stop.abort();
      await watching;
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
