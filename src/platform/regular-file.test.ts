import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { must } from '../../test/kit/run.ts';
import { RegularFiles } from './regular-file.ts';

describe('a file that somebody else named', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-files-'));
  const at = (name: string): string => join(directory, name);
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is read when it is a regular one, also behind a link, also one of /proc that says it is empty', async () => {
    writeFileSync(at('resolv.conf'), 'nameserver 192.0.2.1\n');
    symlinkSync(at('resolv.conf'), at('link'));
    const files = new RegularFiles();
    expect(await files.read(at('resolv.conf'))).toBe('nameserver 192.0.2.1\n');
    expect(await files.read(at('link'))).toBe('nameserver 192.0.2.1\n');
    expect(await files.read('/proc/self/comm')).not.toBe('');
    writeFileSync(at('most'), 'x'.repeat(64 * 1024));
    expect(await files.read(at('most'))).toHaveLength(64 * 1024);
  });

  it('is read anew each time', async () => {
    const files = new RegularFiles();
    writeFileSync(at('changes'), 'one');
    expect(await files.read(at('changes'))).toBe('one');
    writeFileSync(at('changes'), 'two');
    expect(await files.read(at('changes'))).toBe('two');
  });

  it('is refused when it is anything else, and hangs nobody, however often it is asked for', async () => {
    await must('mkfifo', [at('fifo')]);
    symlinkSync(at('fifo'), at('link-to-fifo'));
    symlinkSync('/dev/zero', at('link-to-zero'));
    const server = createServer().listen(at('socket'));
    const files = new RegularFiles();
    const paths = [
      at('fifo'),
      at('link-to-fifo'),
      at('link-to-zero'),
      at('socket'),
      directory,
      '/dev/zero',
      '/dev/tty',
    ];
    for (const path of [...paths, ...paths, ...paths]) {
      await expect(files.read(path), path).rejects.toThrow('it is no regular file');
    }
    server.close();
    await expect(files.read(at('nowhere'))).rejects.toThrow('ENOENT');
    writeFileSync(at('good'), 'good');
    expect(await files.read(at('good'))).toBe('good');
  });

  it('is not read to its end when it is large', async () => {
    writeFileSync(at('large'), 'x'.repeat(64 * 1024 + 1));
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 2 ** 40);
    const files = new RegularFiles();
    for (const name of ['large', 'huge']) await expect(files.read(at(name))).rejects.toThrow('more than 65536 bytes');
  });

  it('is read once by a hundred who ask for it at once', async () => {
    writeFileSync(at('popular'), 'popular');
    const files = new RegularFiles();
    const answers = await Promise.all(Array.from({ length: 5_000 }, () => files.read(at('popular'))));
    expect(new Set(answers)).toEqual(new Set(['popular']));
  });
});
