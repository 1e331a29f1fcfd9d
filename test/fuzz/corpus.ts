import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('corpus', import.meta.url));

export interface CorpusEntry {
  readonly file: string;
  readonly input: Buffer;
}

/** Seeds and the inputs of past findings, by file name. */
export function corpusOf(target: string): readonly CorpusEntry[] {
  const folder = join(root, target);
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}

/** Keeps the input of a finding. Its name tells what it holds, so that one is kept once. @returns the file */
export function keepFinding(target: string, input: Uint8Array): string {
  const folder = join(root, target);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `finding-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
  writeFileSync(file, input);
  return file;
}
