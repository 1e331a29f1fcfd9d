import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeDurably } from '../../platform/durable-file.ts';
import { formatJson, readJson } from '../../resources/json-text.ts';
import type { Log } from '../../telemetry/log.ts';
import type { KeptDisk } from '../view/last-known-state.ts';

/** Written by another version of the layout, what is kept is of no use: the store has it all. */
const format = 1;

export interface KeptFileOptions {
  readonly file: string;
  /** Of whom and of what it is: with another node's name, or another engine, it is of something else. */
  readonly of: string;
  readonly log: Log;
}

/** Something kept as a file of two lines: what it is, with a checksum of the second; and the value. */
export class KeptFile<T> implements KeptDisk<T> {
  readonly #options: KeptFileOptions;

  constructor(options: KeptFileOptions) {
    this.#options = options;
  }

  load(): T | undefined {
    const { file, of, log } = this.#options;
    if (!existsSync(file)) return undefined;
    try {
      const text = readFileSync(file, 'utf8');
      const end = text.indexOf('\n');
      const head = JSON.parse(text.slice(0, end)) as { format?: unknown; of?: unknown; sha256?: unknown };
      const body = text.slice(end + 1);
      if (head.format !== format || head.of !== of) return undefined;
      if (head.sha256 !== sumOf(body)) throw new Error('it does not match its checksum');
      return readJson(body) as T;
    } catch (error) {
      log.warn({ err: error, file }, 'what is kept of the cluster cannot be used; waiting for the cluster itself');
      return undefined;
    }
  }

  async save(value: T): Promise<void> {
    const { file, of } = this.#options;
    const body = formatJson(value);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await writeDurably(file, `${JSON.stringify({ format, of, sha256: sumOf(body) })}\n${body}`);
  }
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
