import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { isServed } from './socket-probe.ts';

/** Takes the directory as soon as it is told to, says how that went, and lives until it is killed. */
const taker = `
  import { once } from 'node:events';
  import { holdDataDirectory } from '${new URL('./data-lock.ts', import.meta.url)}';
  console.log('ready');
  await once(process.stdin, 'data');
  await holdDataDirectory(process.argv[1]).then(() => console.log('held'), (error) => console.log(error.message));
  setInterval(() => {}, 60_000);
`;

describe('the lock of a data directory', () => {
  const directories: string[] = [];
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-lock-'));
    directories.push(directory);
  });
  afterAll(() => {
    for (const one of directories) rmSync(one, { recursive: true, force: true });
  });

  const start = async (path = directory) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', taker, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async (): Promise<string> => (await lines.next()).value ?? 'it has ended';
    expect(await line()).toBe('ready');
    return {
      child,
      take: () => {
        child.stdin.write('go\n');
        return line();
      },
    };
  };
  const end = async (child: ChildProcess): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };

  it('is held by one at a time, until it dies, and leaves nothing of the dead behind', async () => {
    const [first, second, third] = [await start(), await start(), await start()];
    try {
      expect(await first.take()).toBe('held');
      expect(await second.take()).toBe(`another daemon uses the data in ${directory}`);
      await end(first.child);
      expect(await third.take()).toBe('held');
      expect(readdirSync(directory)).toHaveLength(1);
    } finally {
      for (const { child } of [second, third]) await end(child);
    }
  });

  it('is never held by two, however many start at once beside what a dead one left', async () => {
    for (let round = 0; round < 5; round += 1) {
      const takers = await Promise.all(Array.from({ length: 6 }, () => start()));
      try {
        const outcomes = await Promise.all(takers.map(({ take }) => take()));
        expect(outcomes.filter((outcome) => outcome === 'held').length).toBeLessThan(2);
      } finally {
        for (const { child } of takers) await end(child);
      }
    }
  }, 120_000);

  const tricks: readonly (readonly [string, () => string])[] = [
    [
      'its files were removed',
      () => {
        for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
        return directory;
      },
    ],
    [
      'it is reached by another name',
      () => {
        for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
        const link = `${directory}-link`;
        directories.push(link);
        symlinkSync(directory, link);
        return link;
      },
    ],
    [
      'it was renamed',
      () => {
        const renamed = `${directory}-renamed`;
        directories.push(renamed);
        renameSync(directory, renamed);
        for (const name of readdirSync(renamed)) rmSync(join(renamed, name), { recursive: true });
        return renamed;
      },
    ],
    [
      'its databases are in another directory as well',
      () => {
        const other = mkdtempSync(join(tmpdir(), 'berth-lock-'));
        directories.push(other);
        symlinkSync(join(directory, 'journal'), join(other, 'journal'));
        return other;
      },
    ],
  ];

  it.each(tricks)('is held by one also when %s', async (_what, trick) => {
    mkdirSync(join(directory, 'journal'));
    const first = await start();
    try {
      expect(await first.take()).toBe('held');
      const path = trick();
      const second = await start(path);
      try {
        expect(await second.take()).toMatch(/^another daemon uses the data in /);
      } finally {
        await end(second.child);
      }
    } finally {
      await end(first.child);
    }
  });

  it('is seen as held also when its holder has not looked for so long that nobody gets through', async () => {
    const { child, take } = await start();
    const callers: Socket[] = [];
    try {
      expect(await take()).toBe('held');
      const [name = ''] = readdirSync(directory);
      child.kill('SIGSTOP');
      let isFull = false;
      while (!isFull) {
        const caller = connect(join(directory, name));
        callers.push(caller);
        isFull = await new Promise<boolean>((resolve) => {
          caller.once('connect', () => resolve(false));
          caller.once('error', () => resolve(true));
        });
      }
      expect(await isServed(join(directory, name))).toBe(true);
    } finally {
      for (const caller of callers) caller.destroy();
      await end(child);
    }
  });
});
