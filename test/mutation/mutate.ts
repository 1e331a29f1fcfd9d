import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { worldOf } from '../sim/campaign.ts';
import { type FaultKind, faultKinds, faultsWithout, storeFaults, type WorldOptions } from '../sim/options.ts';
import { faultVariable, type Mutation } from './mutation.ts';
import type { FoundIn } from './record.ts';

export interface MutationOutcome {
  /** Operations simulated until a promise broke. */
  readonly operations: number;
  /** What broke; undefined: the fault was not noticed. */
  readonly broken: string | undefined;
  /** The world in which it broke. */
  readonly foundIn: FoundIn | undefined;
}

/** Operations after which a fault counts as not noticed: thrice what any has needed. */
export const patience = 2_000_000;

/** Runs the simulator with the fault in it, world after world of a seed. @throws Error when the fault no longer fits the sources */
export async function tryMutation(mutation: Mutation, seed: number, steps = patience): Promise<MutationOutcome> {
  const known = mutation.claims === undefined ? [] : ['--claims', mutation.claims];
  const more = ['--emphasis', mutation.emphasis ?? 'nothing'];
  const without = withoutFor(mutation).join(',');
  const args = ['--seed', String(seed), '--steps', String(steps), '--without', without, ...known, ...more];
  const { operations, broken, world, inWorld } = await simulate(mutation, args);
  const foundIn =
    world === undefined || broken === undefined
      ? undefined
      : { seed, world, operations: inWorld ?? 0, as: promiseOf(broken) };
  return { operations, broken, foundIn };
}

/** Runs one world with the fault in it. @returns the world as it found the fault now; undefined: it did not */
export async function tryWorld(
  mutation: Mutation,
  { seed, world }: Pick<FoundIn, 'seed' | 'world'>,
): Promise<FoundIn | undefined> {
  const { claims, emphasis = 'nothing' } = mutation;
  const kind = { emphasis, ...(claims === undefined ? {} : { claims }) };
  const options = worldOf(seed, world, faultsWithout(withoutFor(mutation)), kind);
  const { broken, operations } = await simulate(mutation, worldArguments(options));
  return broken === undefined ? undefined : { seed, world, operations, as: promiseOf(broken) };
}

/** What breaks is told as `invariant 4: what was seen`. */
export function promiseOf(broken: string): string {
  return broken.split(':')[0] ?? '';
}

function withoutFor({ needsForgetfulStore }: Mutation): readonly FaultKind[] {
  return needsForgetfulStore === true ? [] : storeFaults;
}

function worldArguments({ seed, claims, emphasis, nodes, operations, faults }: WorldOptions): string[] {
  const without = faultKinds.filter((kind) => !faults.has(kind)).join(',');
  const length = ['--nodes', String(nodes), '--steps', String(operations)];
  return ['--world', String(seed), '--claims', claims, '--emphasis', emphasis, ...length, '--without', without];
}

interface Report {
  readonly operations: number;
  readonly broken?: string;
  readonly world?: number;
  readonly inWorld?: number;
}

function simulate(mutation: Mutation, args: readonly string[]): Promise<Report> {
  const [plant, script] = ['test/mutation/plant.ts', 'test/sim/main.ts'].map((file) => join(root, file));
  const env = { ...process.env, [faultVariable]: mutation.name };
  return new Promise((resolve, reject) => {
    const all = ['--import', plant ?? '', script ?? '', '--json', ...args];
    execFile(process.execPath, all, { encoding: 'utf8', env }, (error, stdout, stderr) => {
      const line = stdout.trim().split('\n').at(-1) ?? '';
      if (!line.startsWith('{'))
        return reject(new Error(`the simulator ended without a report: ${error?.message} ${stderr}`));
      resolve(JSON.parse(line) as Report);
    });
  });
}
