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

/** Where the input of a finding is kept. The name tells what it holds, so that a finding is kept once. */
export function findingFile(target: string, input: Uint8Array): string {
  mkdirSync(join(root, target), { recursive: true });
  return join(root, target, `finding-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
}

export function keepFinding(target: string, input: Uint8Array): string {
  const file = findingFile(target, input);
  writeFileSync(file, input);
  return file;
}
