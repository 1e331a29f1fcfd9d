import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { preflight } from './preflight.ts';
import { damaged } from './storage-error.ts';

const here = fileURLToPath(import.meta.url);
/** Beside this file, in the sources as in the bundle. */
const walker = join(dirname(here), `walk${extname(here)}`);

/** Longest walk of one database; a million records take some seconds. */
const walkMs = 120_000;

/**
 * Reads every record of databases before they are used, in a process of its own: LMDB maps its file, and a
 * truncated or damaged one ends the process that reads it.
 * @throws IpamError storage-damaged
 */
export async function verifyEnvironments(directories: readonly string[]): Promise<void> {
  const present = directories.filter((directory) => existsSync(join(directory, 'data.mdb')));
  for (const directory of present) preflight(directory);
  if (present.length === 0) return;
  let at = present[0] ?? '';
  let found = '';
  const end = await walk(present, 'verify', (line) => {
    const [word, ...rest] = line.split(' ');
    if (word === 'reading') at = rest.join(' ');
    if (word === 'damaged') found = rest.join(' ');
  });
  if (end === 'ok') return;
  throw damaged(at, found === '' ? `reading it to the end failed (${end})` : found);
}

/** Every record of a database whose checksum holds, as far as it can be read. */
export async function salvage(
  directory: string,
): Promise<{ readonly records: readonly (readonly [key: string, value: unknown])[]; readonly complete: boolean }> {
  const records: (readonly [string, unknown])[] = [];
  if (!existsSync(join(directory, 'data.mdb'))) return { records, complete: true };
  const end = await walk([directory], 'salvage', (line) => {
    if (line.startsWith('record ')) records.push(JSON.parse(line.slice('record '.length)));
  });
  return { records, complete: end === 'ok' };
}

/** @returns `ok`, or how the walk ended */
function walk(directories: readonly string[], mode: string, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [walker, mode, ...directories], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: walkMs,
    });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', onLine);
    const linesDone = new Promise<void>((done) => lines.once('close', done));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      void linesDone.then(() => resolve(code === 0 ? 'ok' : (signal ?? `exit status ${code}`)));
    });
  });
}
