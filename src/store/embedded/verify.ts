import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readJson } from '../../resources/json-text.ts';
import { isWhole, recordValue } from './record.ts';
import { type Seal, sealKey } from './seal.ts';
import { damaged } from './storage-error.ts';

const here = fileURLToPath(import.meta.url);
/** Beside this file, in the sources as in the bundle. */
const walker = join(dirname(here), `scan${extname(here)}`);

/** Longest walk; a million records take some seconds. */
const walkMs = 120_000;

/**
 * Reads databases to the end before they are used: everything that LMDB goes by, and every record. In a process of its
 * own, for the other core.
 * @throws IpamError storage-damaged
 */
export async function verifyEnvironments(directories: readonly string[]): Promise<void> {
  const present = directories.filter((directory) => existsSync(join(directory, 'data.mdb')));
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

export interface Salvage {
  readonly records: readonly (readonly [key: string, value: unknown])[];
  /** What is missing, for people. */
  readonly losses: readonly string[];
}

/**
 * Every record of a database that is whole, wherever in the file it is.
 * @param keyOf the key that a value belongs under: a record whose own key was damaged is found by it
 */
export async function salvage(directory: string, keyOf: (value: unknown) => string | undefined): Promise<Salvage> {
  const records = new Map<string, unknown>();
  const losses: string[] = [];
  const misplaced: Misplaced[] = [];
  if (!existsSync(join(directory, 'data.mdb'))) return { records: [], losses };
  const end = await walk([directory], 'salvage', (line) => {
    const text = line.slice(line.indexOf(' ') + 1);
    if (line.startsWith('misplaced ')) misplaced.push(JSON.parse(text));
    else if (line.startsWith('lost ')) losses.push(text);
    else if (line.startsWith('record ')) {
      const [key, value] = readJson(text) as [string, unknown];
      records.set(keyOf(value) ?? key, value);
    }
  });
  if (end !== 'ok') losses.push(`reading it to the end failed (${end})`);
  for (const { key, record } of misplaced) {
    const found = underItsOwnKey(Buffer.from(record, 'base64'), keyOf);
    if (found === undefined) {
      if (isText(key) && !records.has(key)) losses.push(`record ${JSON.stringify(key)} is not whole`);
    } else if (!records.has(found.key)) records.set(found.key, found.value);
  }
  const sealed = records.get(sealKey) as Seal | undefined;
  records.delete(sealKey);
  if (sealed !== undefined && sealed.count > records.size) {
    losses.push(`${sealed.count - records.size} of ${sealed.count} records are missing`);
  }
  return { records: [...records], losses };
}

/** Not every page that is looked at is one of records. */
function isText(key: string): boolean {
  return /^[a-z]+( [ -~]+)?$/.test(key);
}

interface Misplaced {
  readonly key: string;
  /** Base64. */
  readonly record: string;
}

function underItsOwnKey(
  record: Buffer,
  keyOf: (value: unknown) => string | undefined,
): { readonly key: string; readonly value: unknown } | undefined {
  try {
    const value = recordValue<unknown>(record);
    const key = keyOf(value);
    return key !== undefined && isWhole(key, record) ? { key, value } : undefined;
  } catch {
    // Its text is damaged: no JSON, or none that has a key.
    return undefined;
  }
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
