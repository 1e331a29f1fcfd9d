import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { chartFolder } from '../../scripts/helm-chart/chart.ts';
import { type Finished, run } from '../kit/run.ts';

/** What an object is called in a comparison. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly [key: string]: unknown;
}

const known = new Map<string, Promise<Finished>>();

/** What helm makes of values, without a cluster; the same is not asked for twice. */
export function template(helm: string, values: object = {}, ...args: readonly string[]): Promise<Finished> {
  const asked = JSON.stringify([helm, values, args]);
  const answer = known.get(asked) ?? made(helm, values, args);
  known.set(asked, answer);
  return answer;
}

async function made(helm: string, values: object, args: readonly string[]): Promise<Finished> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-values-'));
  try {
    const file = join(directory, 'values.yaml');
    writeFileSync(file, JSON.stringify(values));
    return await run(helm, [
      'template',
      'berth',
      chartFolder,
      '--namespace',
      'berth-system',
      '--values',
      file,
      ...args,
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The objects of values that helm takes. @throws Error: it takes them not */
export async function rendered(helm: string, values: object = {}): Promise<readonly Rendered[]> {
  const { exit, stdout, stderr } = await template(helm, values);
  if (exit !== 0) throw new Error(`helm template: ${stderr}`);
  return objectsIn(stdout);
}

export function objectsIn(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}
