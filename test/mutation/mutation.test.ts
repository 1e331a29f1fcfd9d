import { describe, expect, it } from 'vitest';
import { Random } from '../kit/random.ts';
import { tryMutation, tryWorld } from './mutate.ts';
import { mutations } from './mutations.ts';
import { readRecord } from './record.ts';

/** The sources have changed since a world was recorded, and it may not find its fault any more: others are tried for so long, in which any is found. */
const operationsBeside = 1_000_000;
const record = readRecord();

/** Of three, each run looks for one, another one with each seed: all of them take seven minutes of processor time. */
const ofEach = 3;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const tried = sample(mutations, Math.ceil(mutations.length / ofEach), new Random(seed));
process.stdout.write(
  `planted faults: ${tried.length} of ${mutations.length}, by seed ${seed}; the others: make mutation-check\n`,
);

/** So many of them, in no order. */
function sample<T>(items: readonly T[], count: number, random: Random): readonly T[] {
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)).flat();
}

const advice = 'make mutation-record looks on, and writes down where it is found';

describe.concurrent('the simulator finds', { timeout: 600_000 }, () => {
  it.for(tried.map((mutation) => [mutation.name, mutation] as const))('%s', async ([name, mutation]) => {
    const known = record[name];
    if (known !== undefined && (await tryWorld(mutation, known)) !== undefined) return;
    const { broken, operations, foundIn } = await tryMutation(mutation, 1, operationsBeside);
    expect(broken, `not found in ${operations} operations; ${advice}`).toBeDefined();
    process.stdout.write(`"${name}" is found in world ${foundIn?.world}, not in the one on record: ${advice}\n`);
  });
});
