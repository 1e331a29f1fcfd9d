import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BenchRow } from './row.ts';

/** Where a result was measured, and with what. */
export interface Machine {
  readonly date: string;
  readonly version: string;
  readonly node: string;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Versions of the peers; older results have none. */
  readonly peers?: Readonly<Record<string, string>> | undefined;
}

/** What `make bench` writes into result.json. */
export interface BenchResult {
  readonly machine: Machine;
  readonly rows: readonly BenchRow[];
}

/** As much of a result as a comparison reads. */
export interface ReadResult {
  readonly machine: Machine;
  readonly rows: readonly Pick<BenchRow, 'group' | 'name' | 'value' | 'unit'>[];
}

const schema = z.object({
  machine: z.object({
    date: z.string(),
    version: z.string(),
    node: z.string(),
    cpu: z.string(),
    memoryGiB: z.number(),
    kernel: z.string(),
    peers: z.record(z.string(), z.string()).optional(),
  }),
  rows: z.array(z.object({ group: z.string(), name: z.string(), value: z.number(), unit: z.string() })),
});

/** @throws Error that names the file when it cannot be read, or is no result */
export function readResult(file: string): ReadResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseResult(text, file);
}

/** @throws Error that names the file when the text is no result */
export function parseResult(text: string, file: string): ReadResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`);
  }
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new Error(`${file} is no result of \`make bench\`: ${issue?.path.join('.') || 'top level'}: ${issue?.message}`);
}
