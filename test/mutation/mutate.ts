import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { storeFaults } from '../sim/options.ts';
import type { Mutation } from './mutations.ts';

export interface MutationOutcome {
  readonly name: string;
  /** Operations simulated until a promise broke. */
  readonly operations: number;
  /** What broke; undefined: the fault was not noticed. */
  readonly broken: string | undefined;
}

/** Operations after which a fault counts as not noticed. */
export const patience = 10_000_000;

/** Runs the simulator on a copy of the sources that has the fault. @throws Error when the fault no longer fits the sources */
export async function tryMutation(mutation: Mutation, seed: number, steps = patience): Promise<MutationOutcome> {
  const { name, edits, needsForgetfulStore = false, claims } = mutation;
  const copy = mkdtempSync(join(tmpdir(), 'berth-mutation-'));
  try {
    for (const part of ['src', 'test', 'proto', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const { file, from, to } of edits) {
      const text = readFileSync(join(copy, file), 'utf8');
      if (text.split(from).length !== 2) throw new Error(`"${name}": ${file} does not have exactly once: ${from}`);
      writeFileSync(
        join(copy, file),
        text.replace(from, () => to),
      );
    }
    const known = claims === undefined ? [] : ['--claims', claims];
    return { name, ...(await simulateIn(copy, seed, needsForgetfulStore ? [] : storeFaults, steps, known)) };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function simulateIn(
  directory: string,
  seed: number,
  without: readonly string[],
  steps: number,
  more: readonly string[],
): Promise<Omit<MutationOutcome, 'name'>> {
  const script = join(directory, 'test/sim/main.ts');
  const args = [
    script,
    '--json',
    '--seed',
    String(seed),
    '--steps',
    String(steps),
    '--without',
    without.join(','),
    ...more,
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      const line = stdout.trim().split('\n').at(-1) ?? '';
      if (!line.startsWith('{'))
        return reject(new Error(`the simulator ended without a report: ${error?.message} ${stderr}`));
      const { operations, broken } = JSON.parse(line) as { operations: number; broken?: string };
      resolve({ operations, broken });
    });
  });
}
